"""Pictures that the sample network's phones take: drawn here, so that no file of them is kept."""

import io
import math

from PIL import Image, ImageDraw, ImageFont

from portal.demo.rules import dice

SIZE = (480, 640)
WALLS = ["#c8b9a6", "#9fb0a4", "#b7a7b5", "#a9b6c6", "#c9bfa0"]
DOORS = ["#2f5d50", "#7a2e2e", "#2d4a73", "#5b4632", "#3f3f46"]
BOX, TAPE, LABEL, INK = "#b98a55", "#d9b98c", "#f4f1ea", "#22211f"


def door_photo(number: str, seed: str) -> bytes:
    """A door with its number, and a package on the mat before it. A JPEG."""
    roll = dice("picture", seed)
    picture = Image.new("RGB", SIZE, roll.choice(WALLS))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 480, 640), fill="#8d8780")
    draw.rectangle((118, 62, 362, 528), fill="#efece5")
    draw.rectangle((134, 78, 346, 520), fill=roll.choice(DOORS))
    for top in (104, 318):
        draw.rectangle((160, top, 320, top + 176), outline="#00000033", width=4)
    draw.ellipse((310, 296, 332, 318), fill="#d8c27a")
    draw.rounded_rectangle((176, 128, 304, 190), 8, fill=LABEL)
    draw.text((240, 159), number, fill=INK, font=ImageFont.load_default(44), anchor="mm")
    draw.rectangle((140, 536, 340, 576), fill="#5d5348")
    box(draw, left=roll.randrange(150, 250), top=roll.randrange(452, 476), width=110, height=88)
    return as_jpeg(picture)


def damaged_box(seed: str) -> bytes:
    """A box with a crushed corner and a wet side. A JPEG."""
    roll = dice("picture", seed)
    picture = Image.new("RGB", SIZE, "#9a948c")
    draw = ImageDraw.Draw(picture)
    box(draw, left=90, top=190, width=300, height=270)
    draw.polygon([(290, 190), (390, 190), (390, 300), (352, 262), (330, 246)], fill="#9a948c")
    draw.line([(290, 190), (316, 226), (330, 246), (352, 262), (390, 300)], fill=INK, width=5)
    for _drop in range(14):
        x, y, size = roll.randrange(96, 230), roll.randrange(380, 440), roll.randrange(12, 34)
        draw.ellipse((x, y, x + size, y + size), fill="#8a6238")
    return as_jpeg(picture)


def paper(title: str, name: str) -> bytes:
    """A paper of a made-up office: what it is, whose, and that it is a sample. A JPEG."""
    picture = Image.new("RGB", (900, 640), "#f7f4ec")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((24, 24, 876, 616), outline=INK, width=4)
    for y, words, size in ((110, title, 48), (220, name, 36), (540, "SAMPLE", 30)):
        draw.text((450, y), words, fill=INK, font=ImageFont.load_default(size), anchor="mm")
    for y in range(310, 480, 28):
        draw.line((110, y, 790, y), fill="#8a857b", width=3)
    return as_jpeg(picture)


def box(draw: ImageDraw.ImageDraw, *, left: int, top: int, width: int, height: int) -> None:
    """A cardboard box with tape and a label."""
    draw.rectangle((left, top, left + width, top + height), fill=BOX, outline=INK, width=2)
    middle = left + width // 2
    draw.rectangle((middle - width // 14, top, middle + width // 14, top + height), fill=TAPE)
    label = (left + width * 0.58, top + height * 0.2, left + width * 0.94, top + height * 0.52)
    draw.rectangle(label, fill=LABEL)
    for line in range(3):
        y = label[1] + (line + 1) * (label[3] - label[1]) / 4
        draw.line((label[0] + 5, y, label[2] - 5, y), fill=INK, width=2)


def signature(seed: str) -> bytes:
    """A name as people write it with a finger. A PNG."""
    roll = dice("picture", seed)
    picture = Image.new("RGB", (480, 200), "white")
    waves = [(roll.uniform(10, 45), roll.uniform(0.02, 0.11), roll.uniform(0, 6)) for _ in "abc"]
    points = [
        (x + 12 * math.sin(x / 14), 105 + sum(high * math.sin(x * f + p) for high, f, p in waves))
        for x in range(60, 420, 3)
    ]
    ImageDraw.Draw(picture).line(points, fill=INK, width=4, joint="curve")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def as_jpeg(picture: Image.Image) -> bytes:
    """The bytes as a phone sends them."""
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()
