"""Words about things that are replaced: closed lists that the reader of captions and labels leans on."""

from __future__ import annotations

from ieiw.builders.instructions.words import ARTICLES

LABELS = {
    "auto part": "", "bathroom accessory": "", "bow and arrow": "bow", "cabinetry": "cabinet",
    "chest of drawers": "dresser", "cattle": "cow",
    "dice": "die", "drinking straw": "",
    "door handle": "", "fashion accessory": "", "garden asparagus": "asparagus", "common fig": "fig",
    "common sunflower": "sunflower", "house plant": "houseplant", "human body": "person", "indoor rower": "rowing machine",
    "infant bed": "crib", "kitchen & dining room table": "dining table", "luggage and bags": "luggage",
    "mechanical fan": "fan", "moths and butterflies": "butterfly", "musical keyboard": "keyboard", "personal care": "",
    "personal flotation device": "life jacket", "plumbing fixture": "", "power plugs and sockets": "power socket",
    "rays and skates": "ray", "salt and pepper shakers": "", "segway": "scooter", "tap": "faucet",
    "sunglass": "sunglasses", "eyeglass": "glasses", "headphone": "headphones", "earphone": "earphones",
    "cd": "compact disc", "vehicle registration plate": "", "waste container": "trash can", "wood-burning stove": "stove",
}  # fmt: skip
"""Labels of OpenImages that nobody says -> what people say; empty for parts, and for names of no thing."""
UNCOUNTED = frozenset(
    """
    artillery footwear swimwear sportswear underwear tableware kitchenware glassware seafood popcorn pasta guacamole sushi lavender
    asparagus garlic bacon yogurt yoghurt ginger money wool foam bedding artwork pottery machinery
    spaghetti cereal rubble chalk fencing ramen
    lettuce spinach celery ketchup mayonnaise mustard flour oil art lighting signage scenery notepaper
    """.split()
)
"""Nouns that take no article, beside those of :data:`ieiw.builders.instructions.words.MASS`."""
NOT_THINGS = frozenset(
    """
    wall road street sea ocean lake river field land sidewalk pavement path beach water grass sand snow dirt mud gravel soil earth
    horizon weather room kitchen bathroom bedroom park city town forest wood metal plastic concrete fabric smoke fire fog
    sunlight shadow reflection pattern color colour texture surface collection variety assortment logo word letter text number name
    trade brand day night time way lot kind type couple everything smile look style front back rear
    construction device image photo photograph valley hillside cliff coast shore bay harbor island background
    waterfall glacier cave forest stream stump
    tarmac runway parking hill mountain landscape skyline scene view area game meal
    others stuff wool foam code kitchenette track court platform stage pitch yard angle pose hole lots
    """.split()
)
"""Heads that name the scene, a material or nothing at all; a region of them is nothing that one could exchange."""
OF_WHAT = frozenset(
    "painting drawing statue sculpture figurine poster model toy mural bush bouquet tube carton packet".split()
)
"""What may show or hold something: ``a statue of a man``, ``a bush of roses``; beside the measures."""
COUNTING = frozenset({"multiple", "various", "several", "different", "many", "numerous"})
"""Adjectives that mean more than one."""
GROUPS = frozenset(
    "group crowd herd flock row line couple pair pack team school gaggle lot number array variety family".split()
)
"""Before ``of``: several things."""
PERSONS = frozenset(
    """
    pilot doctor nurse dancer musician singer farmer fisherman hiker climber runner swimmer golfer boxer wrestler clown queen king
    priest monk superhero bicyclist motorcyclist bartender cook driver tourist shopper referee athlete gymnast santa
    businessman businesswoman sailor princess prince hunter gardener painter photographer reporter vendor jockey bowler
    """.split()
)
"""Persons beside those of :mod:`ieiw.builders.instructions.coco_nouns`."""
UNTELLING = (
    frozenset(
        """
    large big small little tiny huge giant tall short long nice cute beautiful pretty lovely old new young very other same single
    lone whole full partial half real typical different various certain interesting delicious good modern colorful colourful
    close high low wide main first second last next light dark bright own empty open closed and , of some visible great
    fancy adorable happy sad funny
    """.split()
    )
    | ARTICLES
)
"""Adjectives that do not tell how a thing looks, or that fit most things."""
PATTERNS = frozenset(
    {"striped", "spotted", "checkered", "checked", "plaid", "patterned", "floral", "multicolored", "rainbow", "golden"}
)
LOOKS_WITH = frozenset({"stripes", "spots", "dots", "pattern", "patterns", "markings", "design", "polka"})
"""What a thing is said to be ``with`` where that tells how it looks, beside parts of the body and clothes."""
