"""How fast a manifest of 50 packages becomes paper, a Code 128 on every row."""

import datetime as dt
import io
import zlib

from benchmarks.harness import Figure, median_seconds
from hubshops.manifests.documents import manifest_pdf
from hubshops.manifests.queries import ManifestPaper, PaperRow
from kernel.barcodes import code128_bars

PACKAGES = 50
ROUNDS = 20
DAY = dt.date(2026, 11, 20)


def a_paper(turn: int) -> ManifestPaper:
    """Fifty packages at thirty doors; every turn has other streets, names and ids, so that nothing
    comes from a cache."""
    rows = tuple(
        PaperRow(
            stop=number * 3 // 5 + 1,
            address1=f"{100 + number * 7 + turn} North College Avenue {turn}",
            unit="Apt 4" if number % 4 == 0 else "",
            name=f"Maria{turn} {chr(65 + number % 26)}.",
            instructions="Ring twice, then leave it at the side door" if number % 5 == 0 else "",
            requires="signature" if number % 7 == 0 else "",
            tracking_id=f"TBA{turn:05d}{number:07d}",
            added_in=1,
        )
        for number in range(PACKAGES)
    )
    return ManifestPaper(
        number="FAY-2026-11-20-rosas-bodega",
        version=1,
        shop_name="Rosa's Bodega",
        shop_address="100 W Center St, Fayetteville, AR 72701",
        station="FAY Fayetteville North",
        service_day=DAY,
        destroy_by=DAY + dt.timedelta(days=7),
        stops=len({row.stop for row in rows}),
        rows=rows,
    )


def measure() -> Figure:
    """Ours, bytes written by hand, and reportlab's own layout engine with its own barcodes."""
    rates = {name: pages_a_second(make) for name, make in MAKERS.items()}
    return Figure(
        name="manifest_pdf",
        unit="pages/s",
        ours=rates["ours"],
        limit=rates["by hand"],
        peers={"platypus": rates["platypus"]},
        note=(
            f"{PACKAGES} packages a manifest, other words on each; limit: the same rows as PDF"
            " operators written by hand, nothing measured or wrapped; peer: reportlab's platypus"
            " table with its barcode widget"
        ),
    )


def pages_a_second(make) -> float:
    """Pages of one drawer in a second: the median of three rounds, after one to warm up."""
    pages = make(a_paper(0)).count(b"/Type /Page\n") or 2
    turns = iter(range(1, 10_000))
    seconds = median_seconds(lambda: [make(a_paper(next(turns))) for _ in range(ROUNDS)])
    return pages * ROUNDS / seconds


def by_hand(paper: ManifestPaper) -> bytes:
    """The least that is to be written: one text and one barcode operator a mark."""
    pages, rows = [], list(paper.rows)
    while rows:
        pages.append(page_by_hand(paper, rows[:21]))
        rows = rows[21:]
    return file_by_hand(pages)


def page_by_hand(paper: ManifestPaper, rows: list[PaperRow]) -> bytes:
    """One page's content stream."""
    words = [(36, 740, paper.shop_name, 20), (36, 724, paper.shop_address, 9)]
    words += [(400, 740, str(paper.service_day), 14), (36, 710, paper.number, 9)]
    marks = []
    for place, row in enumerate(rows):
        y = 660 - place * 28
        house, street = row.address1.split(" ", 1)
        words += [(60, y, str(row.stop), 11), (82, y, house, 19), (150, y + 6, street, 10)]
        words += [(150, y - 4, f"{row.name} {row.unit}", 9), (384, y - 12, row.tracking_id, 7)]
        if row.instructions:
            words.append((150, y - 13, row.instructions, 8))
        bars, _total = code128_bars(row.tracking_id)
        boxes = " ".join(f"{left} 0 {width} 1 re" for left, width in bars)
        marks.append(f"q 0.95 0 0 13.5 394 {y} cm {boxes} f Q 36 {y} 14 14 re S")
        marks.append(f"36 {y + 18} m 576 {y + 18} l S")
    text = [
        f"/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({line.replace('(', '').replace(')', '')}) Tj"
        for x, y, line, size in words
    ]
    return zlib.compress("\n".join([*marks, "BT", *text, "ET"]).encode("cp1252", "replace"))


def file_by_hand(pages: list[bytes]) -> bytes:
    """Objects, cross-reference table and trailer."""
    kids = " ".join(f"{4 + place * 2} 0 R" for place in range(len(pages)))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>".encode(),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    for place, content in enumerate(pages):
        head = f"<</Type /Page\n/Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + place * 2} 0 R"
        objects.append(f"{head} /Resources <</Font <</F1 3 0 R>>>>>>".encode())
        stream = f"<</Length {len(content)} /Filter /FlateDecode>>\nstream\n".encode()
        objects.append(stream + content + b"\nendstream")
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer <</Size %d /Root 1 0 R>>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def platypus(paper: ManifestPaper) -> bytes:
    """What one would write first with the same library."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    styles, out = getSampleStyleSheet(), io.BytesIO()
    table = [
        [
            str(row.stop),
            Paragraph(f"<b>{row.address1} {row.unit}</b><br/>{row.name}<br/>{row.instructions}"),
            Code128(row.tracking_id, barWidth=0.95, barHeight=13.5, humanReadable=True),
        ]
        for row in paper.rows
    ]
    story = [
        Paragraph(paper.shop_name, styles["Title"]),
        Paragraph(f"{paper.number} {paper.service_day}", styles["Normal"]),
        Table(table, colWidths=[30, 260, 220], repeatRows=0),
    ]
    SimpleDocTemplate(out, pagesize=LETTER).build(story)
    return out.getvalue()


MAKERS = {"ours": manifest_pdf, "by hand": by_hand, "platypus": platypus}
