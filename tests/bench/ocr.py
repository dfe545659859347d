"""How many pages a second the reader of papers manages: `python -m tests.bench.ocr [pages]`.

One reading process with one thread, as in a worker; the pages are made here. Also printed: what
the reading itself costs beside the queue's bookkeeping.
"""

import asyncio
import sys
import time

from app_server.forms.providers.paper_reader import close_reader, read_paper, reader_pool
from app_server.forms.rules import findings
from app_server.kernel import clock
from tests.builders.papers import LINES, paper

PAGES = 20


async def main(pages: int) -> None:
    """Read the pages one after another through the pool, as `forms.read_one` does."""
    data = [paper((*LINES, f"第 {number} 页")) for number in range(pages)]
    pool = reader_pool()
    await pool.run(read_paper, data[0], "image/jpeg")
    began, judged = time.perf_counter(), 0.0
    for page in data:
        reading = await pool.run(read_paper, page, "image/jpeg")
        at = time.perf_counter()
        wrong = findings(
            reading,
            ["name", "id_number", "signature_date", "sharp"],
            name="李明轩",
            id_number="341602199003074511",
            today=clock.today(),
        )
        judged += time.perf_counter() - at
        if wrong:
            print(f"a sound page was doubted: {wrong}")
    took = time.perf_counter() - began
    print(f"{pages} pages in {took:.1f} s: {pages / took:.2f} pages/s, judging {judged:.4f} s")
    await close_reader()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES))
