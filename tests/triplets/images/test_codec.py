"""The door for pixels: what comes in is right or refused, whatever the bytes."""

import io
import struct
import subprocess
import sys
import zlib
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from ieiw.triplets.images import codec
from ieiw.triplets.images.codec import PictureLimits, decode, decode_mask, encode_jpeg, encode_png, fit_mask, turned
from ieiw.triplets.records import Picture
from ieiw.triplets.rejects import Reason, Refusal


def photo(width=60, height=40, seed=0):
    """A smooth colourful picture, so that lossy formats stay close to it."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def saved(pixels, form, **options):
    stream = io.BytesIO()
    picture = pixels if isinstance(pixels, Pillow.Image) else Pillow.fromarray(pixels)
    picture.save(stream, form, **options)
    return stream.getvalue()


def refusal(data, limits=codec.DEFAULT_LIMITS, door=decode):
    with pytest.raises(Refusal) as caught:
        door(data, limits)
    return caught.value.reason


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, rows, extra=b""):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", head), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tagged(orientation):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_come_back_exactly(form):
    pixels = photo()
    assert np.array_equal(decode(saved(pixels, form)).pixels, pixels)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("JPEG", {"quality": 95, "restart_marker_rows": 1}),
        ("WEBP", {"quality": 95}),
        ("GIF", {}),
    ],
)
def test_lossy_formats_come_back_closely(form, options):
    pixels = photo(97, 53)
    found = decode(saved(pixels, form, **options)).pixels
    assert found.shape == pixels.shape
    assert np.abs(found.astype(int) - pixels).mean() < 9


@pytest.mark.parametrize("size", [(60, 40), (17, 33), (251, 250)])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_colour_jpeg_has_exactly_the_pixels_that_pillow_gives(size, subsampling, options):
    data = saved(photo(*size), "JPEG", quality=80, subsampling=subsampling, **options)
    assert np.array_equal(decode(data).pixels, np.asarray(Pillow.open(io.BytesIO(data))))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_of_other_colours_has_exactly_the_pixels_that_pillow_gives(mode):
    data = saved(Pillow.fromarray(photo()).convert(mode), "JPEG", quality=80)
    assert np.array_equal(decode(data).pixels, np.asarray(Pillow.open(io.BytesIO(data)).convert("RGB")))


def test_pixels_cannot_be_changed_by_one_task_under_another():
    assert not decode(saved(photo(), "PNG")).pixels.flags.writeable
    assert not decode(saved(photo(), "JPEG", exif=tagged(6))).pixels.flags.writeable


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_other_colours_become_rgb(mode):
    pixels = photo()
    given = Pillow.fromarray(pixels).convert(mode)
    found = decode(saved(given, "JPEG", quality=95)).pixels
    assert np.abs(found.astype(int) - np.asarray(given.convert("RGB"))).mean() < 4


def test_deep_grey_is_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 64 * 32).astype(np.uint16).reshape(32, 64)
    expected = np.rint(ramp / 257).astype(np.uint8)
    assert np.array_equal(decode(saved(Pillow.fromarray(ramp), "PNG")).pixels, np.repeat(expected[..., None], 3, 2))
    assert np.array_equal(decode(saved(Pillow.fromarray(ramp), "TIFF")).pixels[..., 1], expected)


def test_deep_colour_is_scaled_to_within_a_level():
    deep = np.random.default_rng(3).integers(0, 65536, (20, 30, 3)).astype(np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    assert np.abs(decode(png(30, 20, 16, 2, rows)).pixels - deep / 257).max() <= 1


def test_the_see_through_value_of_deep_grey_is_white():
    deep = np.full((16, 16), 1000, np.uint16)
    deep[4:8] = 30000
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    found = decode(png(16, 16, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 1000)))).pixels
    assert set(found[4:8].ravel()) == {117}
    assert set(found[:4].ravel()) == {255}


def test_transparency_is_composited_on_white():
    pixels = np.dstack([photo(), np.full((40, 60), 128, np.uint8)])
    pixels[:10, :, 3] = 0
    found = decode(saved(pixels, "PNG")).pixels
    assert (found[:10] == 255).all()
    expected = pixels[10:, :, :3] * (128 / 255) + 255 * (127 / 255)
    assert np.abs(found[10:] - expected).max() <= 1


def test_samples_of_unknown_range_are_refused():
    floats = Pillow.fromarray(np.ones((20, 20), np.float32))
    assert refusal(saved(floats, "TIFF")) is Reason.PICTURE_UNREADABLE


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_several_frames_are_refused(form):
    frames = [Pillow.fromarray(photo(seed=seed)) for seed in range(3)]
    assert refusal(saved(frames[0], form, save_all=True, append_images=frames[1:])) is Reason.PICTURE_UNREADABLE


def test_the_preview_of_a_phone_picture_does_not_make_it_an_animation():
    pixels = photo()
    data = saved(pixels, "MPO", save_all=True, append_images=[Pillow.fromarray(photo(30, 20))], quality=95)
    found = decode(data)
    assert found.size == (60, 40)
    assert np.abs(found.pixels.astype(int) - pixels).mean() < 6


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_the_pixels_once(form, orientation):
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {}
    pixels = photo(48, 32)
    found = decode(saved(pixels, form, exif=tagged(orientation), **options))
    png_exif = saved(pixels, "PNG", exif=tagged(orientation))
    with Pillow.open(io.BytesIO(png_exif)) as picture:
        from PIL import ImageOps

        upright = np.asarray(ImageOps.exif_transpose(picture))  # the oracle
    assert found.orientation == orientation
    assert found.stored_size == (48, 32)
    assert found.pixels.shape == upright.shape
    assert np.abs(found.pixels.astype(int) - upright).mean() < 2


def test_a_damaged_exif_block_costs_nothing():
    data = saved(photo(), "JPEG", exif=tagged(6))
    broken = data.replace(b"Exif\0\0MM", b"Exif\0\0\xff\xff").replace(b"Exif\0\0II", b"Exif\0\0\xff\xff")
    assert broken != data
    assert decode(broken).orientation == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@given(points=st.lists(st.tuples(st.integers(0, 46), st.integers(0, 30)), min_size=1, max_size=5))
def test_coordinates_and_masks_turn_as_the_pixels_do(orientation, points):
    picture = Picture(codec.turned(photo(47, 31), orientation), (47, 31), orientation)
    for x, y in points:
        stored = np.zeros((31, 47), bool)
        stored[y, x] = True
        upright = codec.upright_mask(stored, picture)
        assert upright.shape == picture.pixels.shape[:2]
        (found,) = np.argwhere(upright)[:, ::-1]
        centre = codec.upright_points(np.array([[x + 0.5, y + 0.5]]), picture)[0]
        assert tuple(centre - 0.5) == tuple(found)
    back = codec.turned(codec.turned(photo(47, 31), orientation), codec._INVERSE[orientation])
    assert np.array_equal(back, photo(47, 31))


def test_the_declared_size_says_which_pixels_are_meant():
    turned = Picture(photo(20, 30), (30, 20), 6)
    assert codec.annotation_frame(turned, (30, 20)) == "stored"
    assert codec.annotation_frame(turned, (20, 30)) == "upright"
    assert codec.annotation_frame(Picture(photo(30, 20), (30, 20)), None) == "stored"
    with pytest.raises(Refusal) as caught:
        codec.annotation_frame(Picture(photo(30, 20), (30, 20)), (20, 30))
    assert caught.value.reason is Reason.PICTURE_SIZE_MISMATCH


@pytest.mark.parametrize(
    ("picture", "declared"),
    [
        *((Picture(photo(30, 20), (30, 20), orientation), (30, 20)) for orientation in (2, 3, 4)),
        *((Picture(photo(20, 20), (20, 20), orientation), (20, 20)) for orientation in (2, 3, 4, 5, 6, 7, 8)),
        (Picture(photo(20, 30), (30, 20), 6), None),
    ],
)
def test_where_sizes_do_not_tell_the_source_says_which_pixels_or_it_is_refused(picture, declared):
    with pytest.raises(Refusal, match="`frame`") as caught:
        codec.annotation_frame(picture, declared)
    assert caught.value.reason is Reason.PICTURE_TURNED
    for frame in ("stored", "upright"):
        assert codec.annotation_frame(replace(picture, frame=frame), declared) == frame


@pytest.mark.parametrize("data", [b"", b"<html>404</html>", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n"])
def test_no_picture_is_refused(data):
    assert refusal(data) is Reason.PICTURE_UNREADABLE


def test_size_is_refused_before_decoding():
    bomb = png(20_000, 20_000, 1, 0, b"")
    assert refusal(bomb) is Reason.PICTURE_TOO_LARGE
    assert refusal(png(9_000, 9_000, 1, 0, b"")) is Reason.PICTURE_TOO_LARGE
    assert refusal(saved(photo(), "PNG"), PictureLimits(max_bytes=100)) is Reason.PICTURE_TOO_LARGE
    assert refusal(saved(photo(), "PNG"), PictureLimits(max_pixels=2399)) is Reason.PICTURE_TOO_LARGE
    assert decode(saved(photo(), "PNG"), PictureLimits(max_pixels=2400)).size == (60, 40)
    assert refusal(saved(photo(60, 15), "PNG")) is Reason.PICTURE_TOO_SMALL


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"subsampling": 0},
        {"restart_marker_rows": 1},
        {"progressive": True},
        {"progressive": True, "subsampling": 0},
    ],
)
@pytest.mark.parametrize("tail", [b"", b"\xff\xd9", b"PK\x03\x04 something else \xff\xd9"])
def test_a_cut_jpeg_is_refused_even_where_an_end_marker_follows(seed, options, tail):
    grain = np.random.default_rng(seed).integers(0, 60, (120, 160, 3), dtype=np.uint8)
    data = saved(photo(160, 120, seed) // 2 + grain, "JPEG", **({"quality": 90} | options))
    head = data.index(b"\xff\xda") + 14
    for share in (0.3, 0.5, 0.7, 0.9, 0.97):
        for door in (decode, decode_mask):
            cut = data[: head + int((len(data) - head) * share)]
            assert refusal(cut + tail, door=door).name.endswith("UNREADABLE"), share


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_cut_jpeg_of_other_colours_is_refused(mode):
    data = saved(Pillow.fromarray(photo(160, 120)).convert(mode), "JPEG", quality=90)
    for door in (decode, decode_mask):
        assert refusal(data[: len(data) * 9 // 10] + b"\xff\xd9", door=door).name.endswith("UNREADABLE")


@pytest.mark.parametrize("scans", [1, 2, 5])
def test_a_progressive_jpeg_without_its_last_scans_is_refused(scans):
    data = saved(photo(160, 120), "JPEG", quality=90, progressive=True)
    starts = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]
    assert len(starts) > 6
    assert refusal(data[: starts[-scans]]) is Reason.PICTURE_UNREADABLE
    assert refusal(data[: starts[-scans] + 40] + b"\xff\xd9") is Reason.PICTURE_UNREADABLE


def test_stray_bytes_before_the_end_marker_cost_no_pixel():
    data = saved(photo(160, 120), "JPEG", quality=90)
    assert np.array_equal(decode(data[:-2] + bytes(20) + data[-2:]).pixels, decode(data).pixels)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"quality": 5}])
def test_what_follows_a_jpeg_does_not_count(options):
    data = saved(photo(160, 120), "JPEG", **options)
    plain = decode(data).pixels
    with Pillow.open(io.BytesIO(data)) as picture:
        assert np.array_equal(plain, np.asarray(picture))  # the oracle: Pillow on the untouched bytes
    assert np.array_equal(decode(data + data[:500] + b"\xff\xd9").pixels, plain)
    if "progressive" not in options:
        assert np.array_equal(decode(data[:-2]).pixels, plain)  # only the end marker is lost: every pixel is there


@pytest.mark.parametrize("depth", [8, 16])
def test_a_png_with_a_wrong_checksum_is_refused(depth):
    rows = b"".join(b"\0" + bytes(range(30)) * 3 * (depth // 8) for _ in range(20))
    data = bytearray(png(30, 20, depth, 2, rows))
    data[data.index(b"IDAT") + 20] ^= 0x40
    assert refusal(bytes(data)) is Reason.PICTURE_UNREADABLE


_SAMPLES = [
    saved(photo(), "JPEG", exif=tagged(6)),
    saved(photo(), "JPEG", progressive=True),
    saved(photo(), "PNG"),
    saved(photo(), "WEBP"),
    saved(photo(), "TIFF", compression="tiff_lzw"),
    saved(photo(), "GIF"),
    saved(Pillow.fromarray(photo()[..., 0].astype(np.uint16) * 200), "PNG"),
]


@settings(max_examples=300, deadline=None)
@given(
    sample=st.sampled_from(_SAMPLES),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=8),
    cut=st.one_of(st.none(), st.floats(0, 1)),
)
def test_damage_is_decoded_or_refused_but_never_raises_anything_else(sample, flips, cut):
    data = bytearray(sample)
    for place, change in flips:
        data[int(place * len(data))] ^= change
    damaged = bytes(data if cut is None else data[: int(cut * len(data))])
    for door in (decode, decode_mask):
        try:
            door(damaged)
        except Refusal as refused:
            assert refused.detail


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_a_jpeg_start_are_refused_and_nothing_else(tail):
    with pytest.raises(Refusal):
        decode(b"\xff\xd8\xff" + tail)


def test_no_warning_reaches_the_user():
    code = (
        "import sys; from ieiw.triplets.images.codec import decode, PictureLimits\n"
        "try: decode(sys.stdin.buffer.read(), PictureLimits(max_pixels=10**9))\n"
        "except Exception as error: print(error)"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        input=png(10_000, 10_000, 1, 0, b""),  # enough for Pillow's warning about bombs
        capture_output=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert b"picture_unreadable" in result.stdout
    assert b"Warning" not in result.stdout + result.stderr


def test_jpeg_keeps_full_colour_resolution_and_says_nothing_else():
    encoded = encode_jpeg(photo(33, 27))
    assert (encoded.width, encoded.height, encoded.extension) == (33, 27, "jpg")
    assert encoded == encode_jpeg(photo(33, 27))
    with Pillow.open(io.BytesIO(encoded.data)) as picture:
        assert [layer[1:3] for layer in picture.layer] == [(1, 1)] * 3
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert np.abs(decode(encoded.data).pixels.astype(int) - photo(33, 27)).mean() < 3


@given(width=st.integers(16, 40), height=st.integers(16, 40), seed=st.integers(0, 99))
def test_png_is_lossless(width, height, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert np.array_equal(decode(encode_png(pixels).data).pixels, pixels)


def test_the_encoder_follows_the_recipe_and_refuses_what_is_no_picture():
    assert codec.encoder("png")(photo()).extension == "png"
    assert len(codec.encoder("jpg", 50)(photo()).data) < len(codec.encoder("jpg", 95)(photo()).data)
    for wrong in (photo()[..., 0], photo().astype(np.float32), photo()[:0]):
        with pytest.raises(ValueError, match="not an RGB picture"):
            encode_jpeg(wrong)


@given(width=st.integers(1, 300), height=st.integers(1, 300), side=st.integers(1, 200))
def test_resizing_keeps_the_shape_and_never_enlarges(width, height, side):
    new = codec.short_side_size((width, height), side)
    assert min(new) == min(side, width, height)
    assert new[0] <= width and new[1] <= height
    assert abs(new[0] / new[1] - width / height) <= (width / height) / min(new)
    resized = codec.resize_short(np.full((height, width, 3), 77, np.uint8), side)
    assert resized.shape == (new[1], new[0], 3)
    assert (resized == 77).all()


def test_a_mask_keeps_its_share_when_resized():
    mask = np.zeros((120, 160), bool)
    mask[30:90, 40:120] = True
    small = codec.resize_mask(mask, (80, 60))
    assert small.dtype == bool
    assert np.array_equal(small, mask[::2, ::2])
    assert codec.resize_mask(mask, (160, 120)) is mask


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
@pytest.mark.parametrize("high", [1, 255])
def test_masks_of_any_usual_kind(mode, high):
    inside = np.zeros((20, 30), bool)
    inside[5:12, 8:20] = True
    if mode == "I;16":
        given = Pillow.fromarray(inside.astype(np.uint16) * (1 if high == 1 else 65535))
    elif mode == "P":
        given = Pillow.fromarray(inside.astype(np.uint8) * high).convert("P")
    else:
        given = Pillow.fromarray(inside.astype(np.uint8) * (255 if mode == "1" else high)).convert(mode)
    assert np.array_equal(decode_mask(saved(given, "PNG")), inside)


def test_a_grey_rim_is_outside_and_so_is_the_noise_of_an_empty_jpeg():
    grey = np.full((32, 32), 90, np.uint8)
    grey[8:16, 8:16] = 250
    assert decode_mask(saved(Pillow.fromarray(grey), "JPEG", quality=95)).sum() == pytest.approx(64, abs=4)
    assert not decode_mask(saved(Pillow.fromarray(np.ones((32, 32), np.uint8)), "JPEG")).any()


def test_a_mask_that_cannot_be_read_is_named_so():
    clear = np.zeros((20, 20, 4), np.uint8)
    for data in (b"", b"<html>", saved(Pillow.fromarray(clear), "PNG")):
        with pytest.raises(Refusal) as caught:
            decode_mask(data)
        assert caught.value.reason is Reason.MASK_UNREADABLE


@given(width=st.integers(20, 200), height=st.integers(20, 200), scale=st.sampled_from([2, 3, 4]))
def test_a_smaller_mask_of_the_same_shape_fits(width, height, scale):
    mask = np.ones((round(height / scale), round(width / scale)), bool)
    assert fit_mask(mask, blank(width, height)).shape == (height, width)


def test_fitting_keeps_a_mask_in_its_place():
    mask = np.zeros((300, 300), bool)
    mask[60:240, 60:240] = True  # symmetrical: what is left of it must be so too
    for side in (192, 200, 480):
        fitted = fit_mask(mask, blank(side, side))
        assert np.array_equal(fitted, fitted[::-1, ::-1])


def test_fitting_takes_the_nearest_pixels_and_refuses_another_shape():
    mask = np.random.default_rng(0).random((15, 20)) > 0.5
    assert np.array_equal(fit_mask(mask, blank(40, 30)), np.kron(mask, np.ones((2, 2), bool)))
    with pytest.raises(Refusal) as caught:
        fit_mask(mask, blank(30, 40))
    assert caught.value.reason is Reason.MASK_SIZE_MISMATCH


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("scale", [1, 2])
def test_a_mask_is_turned_with_the_picture_that_it_was_drawn_on(orientation, scale):
    mask = np.random.default_rng(0).random((15, 20)) > 0.5
    whole = np.kron(mask, np.ones((scale, scale), bool))
    stored = blank(20 * scale, 15 * scale, orientation)
    if orientation < 5:  # nobody can tell
        with pytest.raises(Refusal) as caught:
            fit_mask(mask, stored)
        assert caught.value.reason is Reason.PICTURE_TURNED
        stored = replace(stored, frame="stored")
    assert np.array_equal(fit_mask(mask, stored), turned(whole, orientation))
    upright = replace(stored, frame="upright") if orientation < 5 else blank(15 * scale, 20 * scale, orientation)
    assert np.array_equal(fit_mask(mask, upright), whole)


def test_the_mask_of_an_almost_square_picture_is_told_by_its_own_size_alone():
    picture = blank(40, 41, 6)
    assert fit_mask(np.ones((41, 40), bool), picture).shape == (40, 41)
    assert fit_mask(np.ones((40, 41), bool), picture).shape == (40, 41)
    with pytest.raises(Refusal) as caught:
        fit_mask(np.ones((20, 20), bool), picture)
    assert caught.value.reason is Reason.PICTURE_TURNED


def blank(width, height, orientation=1):
    """A picture whose file stores so many pixels."""
    stored = np.zeros((height, width, 3), np.uint8)
    return Picture(turned(stored, orientation), (width, height), orientation)
