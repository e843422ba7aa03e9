"""Names of things that are common in pictures but not whole words of CLIP's vocabulary."""

from __future__ import annotations

OBJECTS = frozenset(
    """
    andiron archway armoire awning backhoe baseboard bedspread bidet birdbath bleachers bookend bowtie bulldozer bumper buoy
    caboose calzone camcorder cantaloupe carafe catamaran chipmunk cobblestone cockatoo cockpit colander colonnade
    countertop decanter dinghy doily doorframe drape duffel earmuffs easel elephant excavator firetruck flowerpot foglight
    frond futon garnish gazebo gazelle giraffe goblet gondola grille handlebar hang-glider headlamp hinge hippopotamus
    honeydew hubcap hydrant ipad iphone jalapeno jetway kayaker kickstand kneepad ladle lattice lemur limousine macaw
    macbook manhole mantel mayonnaise meerkat merry-go-round minaret minivan mitten modem moped mousepad mudguard necktie
    nostril oar obelisk omelet paddleboard pagoda pamphlet paraglider parakeet parapet parasailer parasol peacock pergola
    placemat plunger pontoon propane racquet ramekin recliner rhinoceros rollerblade rowboat sandbox saucepan scarecrow
    sconce scooter seesaw segway shingle shuttlecock sidecar skateboarder smokestack snorkel snowboarder sombrero spatula
    sprig steeple stovetop suspenders tablet tailgate teddy thermostat tightrope toucan touchpad trampoline trellis tugboat
    tureen turnip turret tvs twig udder undercarriage unicycle urinal valance wainscot warthog waterwheel whisk wii
    wildebeest windmill windshield windsurfer wiper xbox zebra
    """.split()
)
