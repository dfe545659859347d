"""Pictures in which no face can be compared, each with the advice that helps."""

from typing import ClassVar

from app_server.kernel.errors import Problem


class FaceRefused(Problem):
    """A picture in which no face can be compared; the `picture` fact is probe or reference."""

    code: ClassVar[str] = "face.refused"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "照片无法用于人脸比对，请重新拍摄"


class NoFace(FaceRefused):
    """No face was found in any of the four orientations."""

    code = "face.none"
    title = "照片中没有检测到人脸，请正对镜头重新拍摄"


class SeveralFaces(FaceRefused):
    """A second face is at least half as wide as the largest; nobody could say whose check it is."""

    code = "face.several"
    title = "照片中有多张人脸，请确保只有本人出镜"


class FaceTooSmall(FaceRefused):
    """The face has fewer than 80 pixels a side in the sanitised picture."""

    code = "face.too_small"
    title = "人脸太小，请靠近镜头重新拍摄"


class FaceBlurred(FaceRefused):
    """Too little fine detail is left in the face."""

    code = "face.blurred"
    title = "照片模糊，请保持手机稳定后重新拍摄"


class FaceTooDark(FaceRefused):
    """The face is nearly black."""

    code = "face.too_dark"
    title = "光线太暗，请到明亮处重新拍摄"


class FaceTilted(FaceRefused):
    """The head leans to one shoulder further than the recogniser bears."""

    code = "face.tilted"
    title = "头部倾斜过大，请摆正头部后重新拍摄"
