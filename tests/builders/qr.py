"""What a phone's camera reads of a picture."""

import cv2
import zxingcpp


def scanned(path: str) -> str:
    """The one QR code in a picture; an empty text where there is none."""
    found = zxingcpp.read_barcodes(cv2.imread(path), formats=zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if len(found) == 1 else ""
