"""What looks alike in every viewer is alike behind the door for pixels."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from ieiw.triplets.images.codec import decode, decode_mask
from tests.support.icc import SRGB, grey_profile, rgb_profile


def picture():
    """Soft colours of all hues, none of them beyond sRGB."""
    y, x = np.mgrid[0:48, 0:64]
    waves = [np.sin(x / 9 + phase) + np.cos(y / 7 - phase) for phase in (0, 2, 4)]
    return Pillow.fromarray((128 + 45 * np.stack(waves, axis=-1)).astype(np.uint8))


def file(image, kind, profile, **settings):
    held = io.BytesIO()
    image.save(held, kind, icc_profile=profile, **settings)
    return held.getvalue()


def seen(data):
    return decode(data).pixels.astype(int)


SAVES = {"JPEG": {"quality": 98, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}, "TIFF": {}}


@pytest.mark.parametrize("kind", SAVES)
def test_a_wide_picture_and_its_export_are_the_same_picture(kind):
    wide = rgb_profile()
    source, target = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(io.BytesIO(wide))
    camera = ImageCms.profileToProfile(picture(), source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    expected = np.asarray(picture()).astype(int)
    assert np.abs(np.asarray(camera).astype(int) - expected).max() > 15
    difference = np.abs(seen(file(camera, kind, wide, **SAVES[kind])) - expected)
    assert difference.mean() < 1.5 and difference.max() <= 12


@pytest.mark.parametrize("kind", SAVES)
@pytest.mark.parametrize(
    "profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"damaged", grey_profile(1.0)]
)
def test_srgb_by_any_name_no_profile_and_one_that_does_not_fit_change_no_pixel(kind, profile):
    plain, tagged = (seen(file(picture(), kind, each, **SAVES[kind])) for each in (None, profile))
    np.testing.assert_array_equal(plain, tagged)


@pytest.mark.parametrize("broken", [rgb_profile(SRGB, 0.0), rgb_profile(((0, 0, 0),) * 3), rgb_profile()[:200]])
def test_a_profile_that_would_lose_the_picture_counts_as_none(broken):
    np.testing.assert_array_equal(seen(file(picture(), "PNG", broken)), np.asarray(picture()))


def test_a_profile_that_comes_close_to_srgb_is_taken_for_it_and_another_gamma_is_not():
    near = rgb_profile(SRGB, 2.2)  # sRGB's own curve is no pure gamma: near black they differ
    dark = rgb_profile(SRGB, 1.0)
    plain = seen(file(picture(), "PNG", None))
    assert np.abs(seen(file(picture(), "PNG", near)) - plain).max() <= 8
    assert (seen(file(picture(), "PNG", dark)) - plain).mean() > 20


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_grey_pictures_have_profiles_too(kind):
    grey = picture().convert("L")
    brighter = seen(file(grey, kind, grey_profile(1.0)))
    assert (brighter - seen(file(grey, kind, None))).mean() > 20
    assert np.ptp(brighter, axis=2).max() <= 1


@pytest.mark.parametrize("kind", ["LA", "I;16", "transparent L"])
def test_grey_pictures_with_more_than_eight_bits_or_transparency_have_profiles_too(kind):
    grey, settings = picture().convert("L"), {}
    if kind == "I;16":
        grey = Pillow.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif kind == "LA":
        grey = grey.convert("LA")
    else:
        settings = {"transparency": 3}
    brighter, plain = (seen(file(grey, "PNG", each, **settings)) for each in (grey_profile(1.0), None))
    assert (brighter - plain).mean() > 20
    whole = picture().convert("L")
    assert np.abs(brighter - seen(file(whole, "PNG", grey_profile(1.0)))).max() <= 1


@pytest.mark.parametrize("kind", SAVES)
def test_the_levels_of_a_mask_are_no_colours(kind):
    shades = Pillow.fromarray(np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(48, 0)).convert("RGB")
    plain, tagged = (
        decode_mask(file(shades, kind, profile, **SAVES[kind])) for profile in (None, rgb_profile(SRGB, 1.0))
    )
    np.testing.assert_array_equal(plain, tagged)


def test_what_is_transparent_stays_white_and_the_rest_is_converted():
    image = picture().convert("RGBA")
    image.putalpha(Pillow.fromarray(np.where(np.arange(64) < 32, 0, 255).astype(np.uint8)[None].repeat(48, 0)))
    pixels = seen(file(image, "PNG", rgb_profile(SRGB, 1.0)))
    assert (pixels[:, :32] == 255).all()
    assert (pixels[:, 32:] - np.asarray(picture())[:, 32:].astype(int)).mean() > 20
