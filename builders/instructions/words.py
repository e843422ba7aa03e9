"""Words: the closed lists that the reader of phrases leans on, plurals, articles, parts of speech, and which words are known."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from HanTa.HanoverTagger import HanoverTagger
    from spellchecker import SpellChecker

ARTICLES = frozenset({"a", "an", "the"})
POSSESSIVES = frozenset({"his", "her", "their", "its", "my", "our", "your"})
NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
VAGUE = {"several": "several", "many": "many", "few": "a few"}
"""Counts that a person says of what is to come, not of what is there (``add several cars``, ``remove the cars``)."""
PREPOSITIONS = frozenset(
    """
    in on at with without behind under underneath beneath below above over by near beside between against from of to
    into onto inside outside across along around through among atop off towards toward beyond within amongst past
    about for up down out
    """.split()
)
PRONOUNS = frozenset(
    {"it", "him", "them", "us", "me", "you", "everyone", "something", "someone", "everything", "each", "other"}
    | {"one", "ones", "everybody", "somebody", "anything", "nothing", "itself", "himself", "herself", "themselves"}
)
RELATIVES = frozenset({"that", "which", "who"})
UNIQUE = frozenset(
    """

    furthest farthest closest nearest other first second third last only biggest largest smallest tallest shortest oldest
    youngest entire whole middle same highest lowest brightest lightest longest
    """.split()
)
"""With these a person says ``the``, in an addition too."""
POSITIONS = {
    **{place: f"on the {place}" for place in ("left", "right", "far left", "far right")},
    **{place: f"in the {place}" for place in ("middle", "center", "centre", "front", "back")},
    **{place: f"at the {place}" for place in ("top", "bottom")},
    **{f"{row} {side}": f"in the {row} {side}"
       for row in ("upper", "lower", "top", "bottom", "front", "back") for side in ("left", "right")},
    **{f"{side} {row}": f"in the {row} {side}" for row in ("top", "bottom") for side in ("left", "right")},
}  # fmt: skip
"""How telegraphic positions (``guy right``, ``top right guy``) are said in a sentence."""
PLACES = frozenset(
    """
    left right middle center centre top bottom front back background foreground distance corner side rear air end edge
    """.split()
)
COLOURS = frozenset(
    """
    black white red green blue yellow brown orange purple pink gray grey tan beige gold silver maroon turquoise teal
    navy dark light bright blond blonde violet cyan
    """.split()
)
MASS = frozenset(
    """
    water grass snow sand food rice hair fur dirt gravel bread cheese meat fruit furniture luggage equipment wood
    metal plastic leather lettuce salad foliage vegetation jewelry clothing traffic fabric smoke fire ice soup sauce
    pasta broccoli corn mud paper graffiti denim lace cloth straw hay butter cream chocolate coffee tea milk wine beer
    juice sugar stuff shade sunlight silverware cutlery shrubbery greenery baggage makeup lipstick concrete
    asphalt moss ivy debris garbage trash
    """.split()
)
WORN = frozenset(
    """
    shirt t-shirt tshirt blouse jacket coat sweater sweatshirt hoodie hoody dress skirt suit vest camisole top jersey
    uniform jeans pants shorts trousers robe gown apron tie outfit sock shoe sneaker boot sandal glove belt sleeve
    collar hat cap helmet scarf glass sunglasses glasses goggles wetsuit swimsuit bikini kimono overalls tank polo
    watch
    """.split()
)
"""What a person wears; ``glass`` only as ``glasses``."""
BODY = frozenset(
    """
    hand arm leg foot head face hair beard goatee mustache moustache eye ear nose mouth finger thumb knee elbow
    shoulder chest neck back torso body teeth tooth skin wrist ankle lip chin forehead tail paw fur mane snout beak
    wing hoof horn tusk trunk
    """.split()
)
NO_SHAPE = frozenset(
    """
    dot stripe area part space thing stuff spot corner side reflection object item view scene background foreground
    horizon sky air ground floor ceiling standing sitting walking lying laying looking empty open part half
    """.split()
)
"""Heads that name no object one could see gone, or the scene itself."""
SCENERY = frozenset({"sky", "ground", "floor", "ceiling", "horizon", "background", "foreground"})
"""Those of them that have an outline all the same."""
SURFACES = frozenset(
    """
    floor table ground shelf shelves bed chair desk hook hooks rack wall counter bench couch sofa hanger hangers sand grass street
    sidewalk rug carpet
    """.split()
)
"""Where clothes lie that nobody wears."""
SINGLE = frozenset({"sun", "moon", "ocean", "sea"})
"""Of these there is one: ``add the sun``."""
MEASURES = frozenset(
    """
    slice piece wedge chunk strip bite loaf scoop pile stack heap bunch bundle group crowd herd flock row line set pair
    cup glass bowl plate bottle mug jar can bag basket box tray pot pitcher platter bucket crate roll string school
    """.split()
)
"""Before ``of``: what follows takes no article (``slice of pizza``, ``herd of zebra``)."""
PAIRED = frozenset({"scissors", "tongs", "pliers", "binoculars", "headphones", "goggles", "sunglasses", "skis"})
"""One thing with a plural name: ``a pair of scissors``."""
PEOPLE = frozenset(
    {"dude", "guy", "lady", "man", "woman", "boy", "girl", "kid", "child", "person", "gentleman", "player", "people"}
)
UNKIND = frozenset({"fat", "ugly", "fatty", "darkest", "chubby", "skinny", "stupid", "bald-headed", "creepy", "weird"})
_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "knife": "knives", "leaf": "leaves", "shelf": "shelves", "loaf": "loaves",
    "wolf": "wolves", "calf": "calves", "half": "halves", "life": "lives", "wife": "wives", "scarf": "scarves",
    "hoof": "hooves", "ox": "oxen", "cactus": "cacti", "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes",
    "hero": "heroes", "volcano": "volcanoes", "domino": "dominoes", "mosquito": "mosquitoes", "bus": "buses",
    "gas": "gases", "trellis": "trellises", "iris": "irises", "thief": "thieves", "ax": "axes", "quiz": "quizzes",
    "lens": "lenses", "canvas": "canvases", "atlas": "atlases", "elf": "elves", "axis": "axes", "oasis": "oases",
    "mantis": "mantises", "rhinoceros": "rhinoceroses", "thermos": "thermoses",
    "echo": "echoes", "buffalo": "buffalo",
    **{word: f"{word}s" for word in (
        "cookie", "movie", "selfie", "hoodie", "tie", "pie", "brownie", "smoothie", "magpie", "bowtie", "necktie",
        "beanie", "bookie", "rookie", "pixie", "genie", "goalie", "deli", "alibi", "martini", "salami", "semi",
        "headache", "mustache", "moustache", "quiche", "veggie", "collie", "zombie", "birdie", "doggie", "barbie",
        "walkie-talkie", "menu", "emu", "ski",
        "taxi", "kiwi", "bikini", "khaki", "zucchini", "safari", "stomach", "monarch", "shoe", "toe", "canoe", "ache", "axe",
    )},
}  # fmt: skip
_SECOND = frozenset({"loaf", "wolf", "shelf", "leaf", "knife", "tooth", "foot", "person"})
"""They end longer words too (``bookshelf``)."""
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}
_ALIKE = frozenset(
    {"sheep", "deer", "fish", "aircraft", "moose", "series", "species", "bison", "buffalo", "squid", "offspring"}
)
_COLLECTIVE = frozenset({"people", "cattle", "police"})
_PAIRS = frozenset(
    """
    pants jeans shorts glasses sunglasses goggles scissors trousers binoculars headphones tongs overalls pliers
    sweatpants underpants leggings clothes stairs tights pajamas blinds skis
    """.split()
)
_NOT_PLURAL = frozenset(
    """
    across gas canvas christmas atlas lens less rhinoceros news yes as texas always besides series species aries alas
    """.split()
)
_NOT_MAN = frozenset({"human", "german", "roman", "ottoman", "talisman", "caiman", "shaman"})
_VOWEL_SOUND = ("hour", "honest", "heir", "honor", "x-ray")
_CONSONANT_SOUND = ("uni", "use", "usu", "eu", "ewe", "one", "once", "ufo", "u-", "ukulele", "ute", "uti", "usb")
_VOWEL_EVEN_SO = ("unin", "unid", "unim", "unan")


def is_plural(noun: str) -> bool:
    """Whether a noun is in its plural form; ``sheep`` counts as singular."""
    if (
        noun in _SINGULAR
        or noun.endswith("people")
        or noun in _PAIRS
        or noun in _COLLECTIVE
        or noun.endswith(("women", "children"))
    ):
        return True
    if noun.endswith("men") and len(noun) > 4:  # firemen; specimen and its like are rarer
        return noun not in {"specimen", "abdomen", "regimen", "stamen", "ramen", "semen"}
    unlike = (
        noun.endswith(("ss", "us", "is", "'s"))
        and not noun.endswith(("eaus", "ous"))
        or noun in _NOT_PLURAL
        or noun in _ALIKE
    )
    return len(noun) > 2 and noun.endswith("s") and not unlike


@lru_cache(maxsize=2**14)
def singular(noun: str) -> str:
    """The singular of a plural noun; other words unchanged."""
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    if many := next((many for many in _SINGULAR if noun.endswith(many) and _SINGULAR[many] in _SECOND), ""):
        return noun.removesuffix(many) + _SINGULAR[many]
    if not is_plural(noun) or noun in _PAIRS | _COLLECTIVE:
        return noun
    if noun.endswith("uses") and not noun.endswith(("ouses", "auses", "fuses")) and len(noun) > 5:
        return noun.removesuffix("es")  # octopuses
    if noun.endswith("children"):
        return noun.removesuffix("ren")
    if noun.endswith("men"):
        return noun.removesuffix("men") + "man"
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if noun.endswith(ending) and len(noun) > len(ending) + 1:
            return noun.removesuffix(ending) + instead
    return noun[:-1]


def plural(noun: str) -> str:
    """The plural of a singular noun; plurals unchanged."""
    if is_plural(noun) or noun in _ALIKE or noun in MASS:
        return noun
    if one := next((one for one in _IRREGULAR if noun == one or (one in _SECOND and noun.endswith(one))), ""):
        return noun.removesuffix(one) + _IRREGULAR[one]
    if noun.endswith("man") and noun not in _NOT_MAN:
        return noun.removesuffix("man") + "men"
    if noun.endswith("child"):
        return noun + "ren"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and len(noun) > 1 and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def article(word: str) -> str:
    """``a`` or ``an``, by how the next word sounds."""
    if word.startswith(_VOWEL_SOUND):
        return "an"
    if word.startswith(_CONSONANT_SOUND) and not word.startswith(_VOWEL_EVEN_SO):
        return "a"
    return "an" if word[:1] in "aeiou" else "a"


@cache
def _dictionary() -> SpellChecker:
    from spellchecker import SpellChecker  # reads seven megabytes

    return SpellChecker(distance=1)


_ALSO = frozenset(
    """
    backsplash bedframe bowtie countertop hoodie hoodies hoody placemat frontmost stovetop tshirt
    tv tvs suv suvs atv centre greyish webcam smartphone nightstand crosswalk wii snowboarder skateboarder multi t-shirt t-shirts
    """.split()
)
_OFTEN = 5000
"""How often, in the films' subtitles that the dictionary counts, two letters stand that are a word and no slip."""


@cache
def is_known(word: str) -> bool:
    """Whether a lower-case word, or each part between its dashes, is spelt as English is."""
    if word in _ALSO or word == "a":
        return True
    parts, words = word.removesuffix("'s").split("-"), _dictionary().word_frequency
    return all(part in _ALSO or words[part] > (0 if len(part) > 2 else _OFTEN) for part in parts)


@cache
def _tagger() -> HanoverTagger:
    from HanTa.HanoverTagger import HanoverTagger  # reads its model

    return HanoverTagger("morphmodel_en.pgz")


@lru_cache(maxsize=65536)
def tags(words: tuple[str, ...]) -> tuple[str, ...]:
    """Parts of speech of lower-case words in their context, by the names of the British National Corpus (``NN1``, ``AJ0``)."""
    return tuple(tag for _, _, tag in _tagger().tag_sent(list(words)))
