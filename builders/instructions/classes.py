"""Class names of data sets as people say them: ``wall-brick`` is ``all the brick walls``, ``sky-other`` is ``the sky``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ieiw.builders.instructions.words import MASS, is_plural, plural, singular

_SPOKEN = {
    "aeroplane": "airplane", "apparel": "clothes", "ashcan": "trash can", "base": "pedestal",
    "bed clothes": "bedclothes", "bedcloth": "bedclothes", "blind": "window blind", "buffet": "sideboard",
    "case": "display case", "casette recorder": "cassette recorder", "cd": "CD", "cd player": "CD player",
    "ceiling-tile": "tiled ceiling", "conveyer belt": "conveyor belt", "crt screen": "CRT monitor",
    "diningtable": "dining table", "earth": "bare ground", "eye glasses": "eyeglasses", "floor-marble": "marble floor",
    "floor-stone": "stone floor", "floor-tile": "tiled floor", "floor-wood": "wooden floor", "glass": "drinking glass",
    "hair drier": "hair dryer", "hood": "exhaust hood", "horse drawn carriage": "horse-drawn carriage", "hovel": "hut",
    "ipod": "iPod", "keyboard": "computer keyboard", "minibike": "motorbike", "mouse": "computer mouse",
    "palm": "palm tree", "playingfield": "playing field", "plaything": "toy", "pot": "flowerpot",
    "pottedplant": "potted plant", "remote": "remote control", "solid-other": "solid object",
    "structural-other": "structure", "tank": "storage tank", "textile-other": "textile", "trade name": "brand name",
    "tv": "TV", "tv monitor": "TV", "tvmonitor": "TV", "wall-brick": "brick wall", "wall-concrete": "concrete wall",
    "wall-panel": "panelled wall", "wall-stone": "stone wall", "wall-tile": "tiled wall", "wall-wood": "wooden wall",
    "washer": "washing machine", "waterdrops": "water drops", "window-blind": "window blind",
    "windowpane": "window pane",
}  # fmt: skip
"""First name in the data set -> what people say."""
_MORE_MASS = frozenset(
    """
    fog pavement land cardboard ground earth apparel flora soil bedding money tableware wool coral foam artillery plumage
    """.split()
)
_ONE = frozenset(
    (
        "sky,sea,ground,earth,ceiling,floor,land,fog,horizon,sun,river,lake,road,runway,railroad,playing field,stage,"
        "swimming pool,waterfall,stairs,stairway,escalator,beach,fireplace,bathtub,shower,toilet,refrigerator,microwave,oven,"
        "stove,dishwasher,washing machine,exhaust hood,kitchen island,pool table,piano"
    ).split(",")
)
"""What a picture has one of, or shows as one stretch, whatever lies before it."""
_VAGUE = frozenset(
    """
    metal plastic wood paper cloth solid-other structural-other textile-other furniture-other food-other plant-other
    ground-other fog light other base case stone straw unknown clouds trade_name book
    """.split()
)
"""Classes of material or of whatever is left over: no one could say from the picture what else should be marked. COCO-Stuff's
clouds are whole skies and its fog is often a clear one, COCO outlines some books of a shelf, ADE20K's trade names are signs like
any other."""
_SURFACES = frozenset({"wall", "floor", "ceiling"})
"""What COCO-Stuff has kinds of by material. Annotators took one wall for two kinds, and plaster for concrete."""
_SPLIT = {
    "ground": ("grass", "road", "sidewalk", "sand", "snow", "dirt", "mud", "field", "track", "platform", "path",
               "gravel", "pavement", "playing field", "railroad", "bare ground"),
    "land": ("grass", "field", "bare ground", "sand", "snow", "road"),
    "pavement": ("road", "sidewalk", "path"),
    "plant": ("leaves", "tree", "bush", "flower", "grass", "palm tree"),
    "building": ("house", "skyscraper", "tower", "hut"),
    "wall": ("building", "house", "skyscraper", "tower", "hut"),
    "animal": ("dog", "cat", "horse", "sheep", "cow", "bird", "bear", "zebra", "giraffe", "elephant"),
    "food": ("fruit", "vegetable", "salad", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "pizza", "cake"),
}  # fmt: skip
"""What people call by a name -> kinds of it, or what has such, that a data set labels as something else."""
_TWO_NAMES = {
    "clothes": ("person",),
    "leaves": ("tree", "bush", "palm tree", "potted plant", "flower"),
    "branch": ("tree", "bush", "palm tree"),
    "floor": ("ground", "playing field", "pavement", "road", "platform", "carpet"),
    "carpet": ("rug", "mat"),
    "rug": ("mat",),
    "water": ("sea", "river", "lake", "pool", "swimming pool"),
}
"""Names of which annotators gave one stretch now this one, now that one, so that each holds a part of the other: clothes that
somebody wears are a person's pixels, and COCO-Stuff's clothes are often somebody's whom COCO left out."""
_KINDS = {
    "building": ("house", "skyscraper", "tower"),
    "furniture": ("chair", "table", "desk", "cabinet", "cupboard", "shelf", "couch", "bed", "dining table"),
    "food": ("fruit", "vegetable", "salad"),
    "plant": ("tree", "bush", "flower", "grass", "potted plant"),
    "water": ("sea", "river"),
}
"""What COCO-Stuff has of a kind beside ``<kind>-other`` under a name of its own."""
_RELATED = tuple(
    frozenset(line.split(","))
    for line in """
building,house,skyscraper,hut,tower,roof,structure,booth,grandstand,wall,pier,bridge
ground,bare ground,dirt,mud,sand,gravel,grass,field,land,moss,playing field,path,dirt track,pavement,sidewalk,road,runway,\
platform,floor,carpet,rug,mat,track,hill,railroad,straw,leaves,soil,snow,stage
water,sea,river,lake,water drops,fountain,waterfall,swimming pool,fog,pool
sky,clouds,fog
tree,bush,plant,leaves,branch,potted plant,palm tree,flower,grass,flowerpot,vase,moss,straw,vegetable
mountain,hill,rock,stone,gravel
chair,armchair,seat,stool,swivel chair,bench,couch,sofa,ottoman,furniture,grandstand
table,desk,counter,countertop,coffee table,dining table,pool table,kitchen island,sideboard,bar,furniture
cabinet,cupboard,wardrobe,chest of drawers,shelf,bookcase,shelves,display case,furniture,counter,sideboard,kitchen island
car,van,truck,bus
motorcycle,motorbike,bicycle
boat,ship
train,railroad,track
curtain,window blind,awning,canopy,tent,umbrella,textile,cloth
window,window pane,mirror,window blind,curtain,house,building,skyscraper
door,screen door,house,building,cabinet,cupboard
stairs,stairway,step,escalator,railing,banister,bannister
railing,bannister,fence,net,cage,pole,stairs
towel,cloth,clothes,blanket,napkin,textile,bedclothes,bed,person,mat
person,clothes,hat,shoe,tie,bag,backpack,handbag,eyeglasses
light,lamp,chandelier,sconce,streetlight,traffic light,pole
sign,signboard,brand name,bulletin board,poster,banner,street sign,stop sign,flag,building,painting
screen,crt screen,CRT screen,monitor,TV,computer,laptop,television,computer keyboard
bag,handbag,backpack,suitcase,basket,box,cardboard
cup,drinking glass,wine glass,bottle,vase,bowl,flowerpot,plate,tray,food
food,fruit,vegetable,salad,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,plate
toy,teddy bear,ball,sports ball
animal,dog,cat,horse,sheep,cow,bird,bear,zebra,giraffe,elephant
book,paper,bookcase,poster
pillow,cushion,bed,couch,sofa
oven,stove,microwave,cabinet
sink,bathtub,toilet,shower,counter,countertop
wall,fireplace,column,painting,panel,tile
ceiling,roof,light
wheel,car,bicycle,bus,truck,motorcycle
""".replace("\\\n", "")
    .strip()
    .splitlines()
)
"""Groups of names of which one may be part of another, look like it, or be a kind of it."""


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class in words.

    Attributes:
        raw: as the data set writes it.
        spoken: the short name, such as ``brick wall``.
        rest: whether the class holds what its more special neighbours leave over (``wall-other``).
        vague: whether a picture alone does not tell what belongs to it (``metal``).
    """

    raw: str
    spoken: str
    rest: bool = False
    vague: bool = False

    def everything(self, other: bool = False) -> str:
        """The whole class in one picture: ``all the cars``, ``the sky``, ``all the grass``.

        Args:
            other: whether more special neighbours are in the picture: ``all the other walls``.
        """
        head = self.spoken.partition(" of ")[0].split(" ")[-1]
        return f"the {self.spoken}" if {head, self.spoken} & _ONE and not other else self.several(other)

    def several(self, other: bool = False) -> str:
        """As :meth:`everything` where there is more than one: ``all the ovens``."""
        *before, head = self.spoken.partition(" of ")[0].split(" ")
        tail = self.spoken[len(" ".join((*before, head))) :]
        if head not in _MORE_MASS:
            head = plural(head)
        return f"all the {'other ' if other else ''}{' '.join((*before, head))}{tail}"

    def related(self, name: ClassName) -> bool:
        """Whether one may be taken for the other, or be a part of it: their head words agree, or a group holds both."""
        mine, theirs = self._keys(), name._keys()
        return bool(mine & theirs) or any(group & mine and group & theirs for group in _RELATED)

    def plain(self) -> str:
        """The whole class, floors and walls without their material: ``all the walls``; true where there is no other kind."""
        stem = self.raw.partition("-")[0]
        return class_name(stem).everything() if stem in _SURFACES else self.everything()

    def split_by(self, name: ClassName) -> bool:
        """Whether ``name``, where it is in the picture too, holds a part of what people would call by this name.

        Tables beside dining tables, a brick wall beside one of concrete, clothes beside people, the ground beside grass.
        """
        stem = self.raw.partition("-")[0]
        mine, theirs = self._surface(), name._surface()
        another_kind = stem in _SURFACES and name.raw.partition("-")[0] == stem
        special = name.spoken.endswith(f" {self.spoken}") or self.is_rest_of(name)
        two_names = theirs in _TWO_NAMES.get(mine, ()) or mine in _TWO_NAMES.get(theirs, ())
        return another_kind or special or two_names or name.spoken in _SPLIT.get(mine, ())

    def _surface(self) -> str:
        """The short name, of floors, walls and ceilings without their material."""
        stem = self.raw.partition("-")[0]
        return stem if stem in _SURFACES else self.spoken

    def is_rest_of(self, name: ClassName) -> bool:
        """Whether this class of leftovers is what ``name`` leaves: ``wall-other`` of ``wall-brick``, or of ``panelled wall``."""
        stem = self.raw.partition("-")[0]
        return name.raw.startswith(f"{stem}-") or name.spoken in _KINDS.get(stem, ())

    def _keys(self) -> frozenset[str]:
        head = self.spoken.partition(" of ")[0].split(" ")[-1]
        return frozenset({self.spoken, head, singular(head) if is_plural(head) and head not in MASS else head})


@cache
def class_name(raw: str) -> ClassName:
    """A class name of COCO-Stuff, ADE20K or Pascal in words: the first of its synonyms, special words put as people say them."""
    first = " ".join(raw.partition(",")[0].split())
    stem, _, kind = first.rpartition("-")
    rest = kind == "other" and bool(stem)
    spoken = _SPOKEN.get(first.lower()) or (stem if rest or (stem and kind == "stuff") else first.replace("-", " "))
    return ClassName(raw, spoken, rest, first.lower().replace(" ", "_") in _VAGUE)


def spoken_names(raw_names: Iterable[str]) -> list[ClassName]:
    """Class names of one data set in words; where two would sound alike, the later one takes its next synonym."""
    taken: set[str] = set()
    names = []
    for raw in raw_names:
        candidates = [class_name(raw)]
        for synonym in raw.split(",")[1:]:
            other = class_name(synonym.strip()) if synonym.strip() else candidates[0]
            candidates.append(ClassName(raw, other.spoken, other.rest, candidates[0].vague))
        chosen = next((name for name in candidates if name.spoken not in taken), candidates[0])
        taken.add(chosen.spoken)
        names.append(chosen)
    return names
