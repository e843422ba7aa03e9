"""Phrases as annotators write them, and what a person would say: a table to read, and to add to."""

import pytest

from ieiw.builders.instructions.phrases import noun_phrase
from ieiw.triplets.rejects import Reason, Refusal

SAID = """
laptop | laptop | 1 | the laptop | a laptop
guy furthest from camera | guy | 1 | the guy furthest from the camera | the guy furthest from the camera
dude behind everyone | man | 1 | the dude behind everyone | a dude behind everyone
middle guy | guy | 1 | the guy in the middle | a guy in the middle
man in middle | man | 1 | the man in the middle | a man in the middle
man with beard | man | 1 | the man with a beard | a man with a beard
bearded man | man | 1 | the bearded man | a bearded man
left guy | guy | 1 | the guy on the left | a guy on the left
guy with goatee | guy | 1 | the guy with a goatee | a guy with a goatee
right most banana | banana | 1 | the rightmost banana | the rightmost banana
banana front right | banana | 1 | the banana in the front right | a banana in the front right
man in button up shirt | man | 1 | the man in a button-up shirt | a man in a button-up shirt
guy right | guy | 1 | the guy on the right | a guy on the right
the plant that is under the railing | plant | 1 | the plant that is under the railing | a plant that is under the railing
potted plants | potted plants | 2 | the potted plants | potted plants
traffic lights | traffic lights | 4 | the traffic lights | traffic lights
train | train | 1 | the train | a train
keyboard on the laptop | keyboard | 1 | the keyboard on the laptop | a keyboard on the laptop
woman in spaghetti strap shirt | woman | 1 | the woman in a spaghetti strap shirt | a woman in a spaghetti strap shirt
woman in camisole | woman | 1 | the woman in a camisole | a woman in a camisole
woman on the left | woman | 1 | the woman on the left | a woman on the left
lady in polka dots | lady | 1 | the lady in polka dots | a lady in polka dots
top right guy | guy | 1 | the guy in the top right | a guy in the top right
parking meters | parking meters | 2 | the parking meters | parking meters
dining table | dining table | 1 | the dining table | a dining table
a bowl full of green lettuce salad | bowl | 1 | the bowl full of green lettuce salad | a bowl full of green lettuce salad
guy with bowl | guy | 1 | the guy with a bowl | a guy with a bowl
man in yellow | man | 1 | the man in yellow | a man in yellow
bald guy on left | guy | 1 | the bald guy on the left | a bald guy on the left
person reaching into bucket | person | 1 | the person reaching into the bucket | a person reaching into the bucket
dining tables | dining tables | 2 | the dining tables | dining tables
bed with sheep | bed | 1 | the bed with sheep | a bed with sheep
bed on right | bed | 1 | the bed on the right | a bed on the right
bed | bed | 1 | the bed | a bed
bed with sheep on it | bed | 1 | the bed with sheep on it | a bed with sheep on it
bed without sheep | bed | 1 | the bed without sheep | a bed without sheep
bed in background | bed | 1 | the bed in the background | a bed in the background
bed on left | bed | 1 | the bed on the left | a bed on the left
far left bed | bed | 1 | the bed on the far left | a bed on the far left
the duck behind the other duck | duck | 1 | the duck behind the other duck | a duck behind the other duck
wine glasses | wine glasses | 2 | the wine glasses | wine glasses
table closest to us | table | 1 | the table closest to the camera | the table closest to the camera
bottom table | table | 1 | the bottom table | the bottom table
table | table | 1 | the table | a table
older woman | woman | 1 | the older woman | an older woman
woman in white | woman | 1 | the woman in white | a woman in white
center woman | woman | 1 | the woman in the center | a woman in the center
old man looking at us | man | 1 | the old man looking at the camera | an old man looking at the camera
old man | man | 1 | the old man | an old man
man | man | 1 | the man | a man
right guy blue shirt | guy | 1 | the guy on the right in a blue shirt | a guy on the right in a blue shirt
man right | man | 1 | the man on the right | a man on the right
girl in red and glasses | girl | 1 | the girl in red and glasses | a girl in red and glasses
woman on left | woman | 1 | the woman on the left | a woman on the left
person red shirt with glasses | person | 1 | the person in a red shirt with glasses | a person in a red shirt with glasses
girl in red hoodie | girl | 1 | the girl in a red hoodie | a girl in a red hoodie
man in red | man | 1 | the man in red | a man in red
walking people | people | 3 | the walking people | walking people
blue bird on top of tree | bird | 1 | the blue bird on top of the tree | a blue bird on top of the tree
wipers on trains | wipers | 2 | the wipers on trains | wipers on trains
zebras grazing in grass | zebras | 2 | the zebras grazing in the grass | zebras grazing in the grass
zebra | zebra | 3 | the zebras | zebras
white clouds | clouds | 4 | the white clouds | white clouds
short green grass | grass | 1 | the short green grass | some short green grass
water | water | 1 | the water | some water
wooden bench | bench | 1 | the wooden bench | a wooden bench
open umbrella | umbrella | 1 | the open umbrella | an open umbrella
man wearing hat | man | 1 | the man wearing a hat | a man wearing a hat
man holding racket | man | 1 | the man holding a racket | a man holding a racket
people on beach | people | 9 | the people on the beach | people on the beach
parked cars | cars | 5 | the parked cars | parked cars
car | car | 4 | the cars | cars
hour glass on shelf | hour glass | 1 | the hour glass on the shelf | an hour glass on the shelf
umbrella | umbrella | 1 | the umbrella | an umbrella
european flag | flag | 1 | the european flag | a european flag
one way sign | sign | 1 | the one way sign | a one way sign
unicorn on shirt | unicorn | 1 | the unicorn on the shirt | a unicorn on the shirt
large clear window | window | 1 | the large clear window | a large clear window
windows on building | windows | 12 | the windows on the building | windows on the building
dog ' s bowl | bowl | 1 | the dog's bowl | a dog's bowl
man ' s bag | bag | 1 | the man's bag | a man's bag
mother ' s chair | chair | 1 | the mother's chair | a mother's chair
sheep | sheep | 7 | the sheep | some sheep
plane flying in sky | plane | 1 | the plane flying in the sky | a plane flying in the sky
giraffe eating leaves | giraffe | 1 | the giraffe eating leaves | a giraffe eating leaves
two giraffes | giraffes | 2 | the two giraffes | two giraffes
two men | men | 2 | the two men | two men
broccoli | broccoli | 1 | the broccoli | some broccoli
white rice | rice | 1 | the white rice | some white rice
pizza on plate | pizza | 1 | the pizza on the plate | a pizza on the plate
slice of pizza | slice | 1 | the slice of pizza | a slice of pizza
slice of cake on white plate | slice | 1 | the slice of cake on the white plate | a slice of cake on the white plate
cup of coffee | cup | 1 | the cup of coffee | a cup of coffee
bunch of bananas | bunch | 1 | the bunch of bananas | a bunch of bananas
pair of scissors | scissors | 1 | the pair of scissors | a pair of scissors
scissors | scissors | 1 | the scissors | a pair of scissors
red and white train | train | 1 | the red and white train | a red and white train
black, white cow | cow | 1 | the black, white cow | a black, white cow
tall grass behind elephant | grass | 1 | the tall grass behind the elephant | some tall grass behind the elephant
trees behind fence | trees | 5 | the trees behind the fence | trees behind the fence
tree | tree | 1 | the tree | a tree
leafy trees in background | trees | 3 | the leafy trees in the background | leafy trees in the background
brick wall | wall | 1 | the brick wall | a brick wall
street light | street light | 1 | the street light | a street light
traffic light | traffic light | 1 | the traffic light | a traffic light
teddy bear | teddy bear | 1 | the teddy bear | a teddy bear
teddy bears sitting on shelf | teddy bears | 3 | the teddy bears sitting on the shelf | teddy bears sitting on the shelf
skis | skis | 1 | the skis | a pair of skis
the the dog | dog | 1 | the dog | a dog
Dog. | dog | 1 | the dog | a dog
DOG | dog | 1 | the dog | a dog
a dog | dogs | 1 | the dog | a dog
dogs | dog | 1 | the dogs | dogs
boat in water | boat | 1 | the boat in the water | a boat in the water
boats floating on water | boats | 4 | the boats floating on the water | boats floating on the water
surfer riding wave | surfer | 1 | the surfer riding a wave | a surfer riding a wave
snow on ground | snow | 1 | the snow on the ground | some snow on the ground
sign on pole | sign | 1 | the sign on the pole | a sign on the pole
sign above street | sign | 1 | the sign above the street | a sign above the street
number on train | number | 1 | the number on the train | a number on the train
letters on sign | letters | 1 | the letters on the sign | letters on the sign
clock on tower | clock | 1 | the clock on the tower | a clock on the tower
logo on shirt | logo | 1 | the logo on the shirt | a logo on the shirt
shadow of person | shadow | 1 | the shadow of the person | a shadow of the person
wheel of motorcycle | wheel | 1 | the wheel of the motorcycle | a wheel of the motorcycle
front wheel | wheel | 1 | the front wheel | the front wheel
left wheel | wheel | 1 | the wheel on the left | a wheel on the left
horse pulling carriage | horse | 1 | the horse pulling a carriage | a horse pulling a carriage
food in bowl | food | 1 | the food in the bowl | some food in the bowl
fries next to sandwich | fries | 1 | the fries next to the sandwich | fries next to the sandwich
hot dog | hot dog | 1 | the hot dog | a hot dog
hot dogs | hot dogs | 2 | the hot dogs | hot dogs
glass of water | glass | 1 | the glass of water | a glass of water
glass | glass | 1 | the glass | a glass
building with windows | building | 1 | the building with windows | a building with windows
buildings in distance | buildings | 3 | the buildings in the distance | buildings in the distance
bus stopped at curb | bus | 1 | the bus stopped at the curb | a bus stopped at the curb
double decker bus | bus | 1 | the double decker bus | a double decker bus
white line on road | line | 1 | the white line on the road | a white line on the road
air conditioner | air conditioner | 1 | the air conditioner | an air conditioner
stainless steel refrigerator | refrigerator | 1 | the stainless steel refrigerator | a stainless steel refrigerator
toilet paper | toilet paper | 1 | the toilet paper | some toilet paper
toilet paper roll | toilet paper roll | 1 | the toilet paper roll | a toilet paper roll
roll of toilet paper | roll | 1 | the roll of toilet paper | a roll of toilet paper
flowers in vase | flowers | 1 | the flowers in the vase | flowers in the vase
vase of flowers | vase | 1 | the vase of flowers | a vase of flowers
baseball player swinging bat | player | 1 | the baseball player swinging a bat | a baseball player swinging a bat
tennis player | tennis player | 1 | the tennis player | a tennis player
tennis racket | racket | 1 | the tennis racket | a tennis racket
person in background | person | 1 | the person in the background | a person in the background
person on skateboard | person | 1 | the person on the skateboard | a person on the skateboard
little girl in pink dress | girl | 1 | the little girl in a pink dress | a little girl in a pink dress
young man sitting on couch | man | 1 | the young man sitting on the couch | a young man sitting on the couch
salt and pepper shakers | shakers | 2 | the salt and pepper shakers | salt and pepper shakers
women in dresses | women | 3 | the women in dresses | women in dresses
child ' s toy | toy | 1 | the child's toy | a child's toy
ocean waves | waves | 2 | the ocean waves | ocean waves
old fashioned clock | clock | 1 | the old fashioned clock | an old fashioned clock
umbrella held by woman | umbrella | 1 | the umbrella held by the woman | an umbrella held by the woman
cat lying on a bed | cat | 1 | the cat lying on a bed | a cat lying on a bed
cat looking out window | cat | 1 | the cat looking out the window | a cat looking out the window
bird perched on branch | bird | 1 | the bird perched on the branch | a bird perched on the branch
branches without leaves | branches | 3 | the branches without leaves | branches without leaves
orange | orange | 1 | the orange | an orange
oranges in bowl | oranges | 5 | the oranges in the bowl | oranges in the bowl
box | box | 2 | the boxes | boxes
bus | bus | 3 | the buses | buses
knife | knife | 2 | the knives | knives
leaf | leaf | 2 | the leaves | leaves
person skiing down hill | person | 1 | the person skiing down the hill | a person skiing down the hill
man doing trick | man | 1 | the man doing a trick | a man doing a trick
man in air | man | 1 | the man in the air | a man in the air
man in suit and tie | man | 1 | the man in a suit and tie | a man in a suit and tie
elephants with tusks | elephants | 2 | the elephants with tusks | elephants with tusks
police car | car | 1 | the police car | a police car
herd of sheep | herd | 1 | the herd of sheep | a herd of sheep
group of people | group | 1 | the group of people | a group of people
crowd of people | crowd | 1 | the crowd of people | a crowd of people
row of chairs | row | 1 | the row of chairs | a row of chairs
pile of wood | pile | 1 | the pile of wood | a pile of wood
stack of books | stack | 1 | the stack of books | a stack of books
steps leading to door | steps | 1 | the steps leading to the door | steps leading to the door
ski lift | ski lift | 1 | the ski lift | a ski lift
ski poles | ski poles | 2 | the ski poles | ski poles
american flag | flag | 1 | the american flag | an american flag
man in t-shirt | man | 1 | the man in a t-shirt | a man in a t-shirt
iron fence | fence | 1 | the iron fence | an iron fence
painting of dog | painting | 1 | the painting of a dog | a painting of a dog
picture on wall | picture | 1 | the picture on the wall | a picture on the wall
picture frame | picture frame | 1 | the picture frame | a picture frame
white plate with food on it | plate | 1 | the white plate with food on it | a white plate with food on it
trash can | trash can | 1 | the trash can | a trash can
can of soda | can | 1 | the can of soda | a can of soda
red can | can | 1 | the red can | a red can
two story building | building | 1 | the two story building | a two story building
two story buildings | buildings | 2 | the two story buildings | two story buildings
several cars | cars | 5 | the cars | several cars
few birds | birds | 3 | the birds | a few birds
some people | people | 3 | the people | people
all of the chairs | chairs | 3 | the chairs | chairs
second bus from left | bus | 1 | the second bus from the left | the second bus from the left
man looking at us | man | 1 | the man looking at the camera | a man looking at the camera
person closest to me | person | 1 | the person closest to the camera | the person closest to the camera
dog that is on bed | dog | 1 | the dog that is on the bed | a dog that is on the bed
woman who is holding umbrella | woman | 1 | the woman who is holding an umbrella | a woman who is holding an umbrella
cup that has handle | cup | 1 | the cup that has a handle | a cup that has a handle
man covered in snow | man | 1 | the man covered in snow | a man covered in snow
mountain covered with snow | mountain | 1 | the mountain covered with snow | a mountain covered with snow
boat covered in water | boat | 1 | the boat covered in water | a boat covered in water
plate of food | plate | 1 | the plate of food | a plate of food
plate with slice of pizza on it | plate | 1 | the plate with a slice of pizza on it | a plate with a slice of pizza on it
table made of wood | table | 1 | the table made of wood | a table made of wood
bench made from wood | bench | 1 | the bench made from wood | a bench made from wood
woman in leather | woman | 1 | the woman in leather | a woman in leather
tree in the background on right | tree | 1 | the tree in the background on the right | a tree in the background on the right
woman with long hair | woman | 1 | the woman with long hair | a woman with long hair
man with beard and glasses | man | 1 | the man with a beard and glasses | a man with a beard and glasses
person playing wii | person | 1 | the person playing wii | a person playing wii
kids playing game | kids | 2 | the kids playing a game | kids playing a game
cat in bed | cat | 1 | the cat in bed | a cat in bed
man on phone | man | 1 | the man on the phone | a man on the phone
man talking on cell phone | man | 1 | the man talking on the cell phone | a man talking on the cell phone
woman with umbrella in rain | woman | 1 | the woman with an umbrella in the rain | a woman with an umbrella in the rain
sun | sun | 1 | the sun | the sun
moon in sky | moon | 1 | the moon in the sky | the moon in the sky
buildings across street | buildings | 3 | the buildings across the street | buildings across the street
lamp next to bed | lamp | 1 | the lamp next to the bed | a lamp next to the bed
small dog between two men | dog | 1 | the small dog between two men | a small dog between two men
boat tied to dock | boat | 1 | the boat tied to the dock | a boat tied to the dock
water bottle | water bottle | 1 | the water bottle | a water bottle
woman with child | woman | 1 | the woman with a child | a woman with a child
sliced tomatoes on plate | tomatoes | 4 | the sliced tomatoes on the plate | sliced tomatoes on the plate
car door | door | 1 | the car door | a car door
shoes on floor | shoes | 2 | the shoes on the floor | shoes on the floor
hat on table | hat | 1 | the hat on the table | a hat on the table
bags of chips | bags | 2 | the bags of chips | bags of chips
boxes of fruit | boxes | 2 | the boxes of fruit | boxes of fruit
teddy bears | teddy bear | 2 | the teddy bears | teddy bears
ottoman | ottoman | 2 | the ottomans | ottomans
women | woman | 2 | the women | women
picture of man and woman | picture | 1 | the picture of a man and a woman | a picture of a man and a woman
red, white and blue flag | flag | 1 | the red, white and blue flag | a red, white and blue flag
red white and blue flag | flag | 1 | the red white and blue flag | a red white and blue flag
man in black | man | 1 | the man in black | a man in black
dog on leash | dog | 1 | the dog on the leash | a dog on the leash
birds in flight | birds | 4 | the birds in flight | birds in flight
people in line | people | 5 | the people in line | people in line
bicycle leaning against wall | bicycle | 1 | the bicycle leaning against the wall | a bicycle leaning against the wall
car in traffic | car | 1 | the car in traffic | a car in traffic
flag on top of building | flag | 1 | the flag on top of the building | a flag on top of the building
the man in front | man | 1 | the man in the front | a man in the front
woman in front of bus | woman | 1 | the woman in front of the bus | a woman in front of the bus
bowl full of fruit | bowl | 1 | the bowl full of fruit | a bowl full of fruit
glass filled with water | glass | 1 | the glass filled with water | a glass filled with water
pizza with cheese and tomato | pizza | 1 | the pizza with cheese and a tomato | a pizza with cheese and a tomato
chair to the left of table | chair | 1 | the chair to the left of the table | a chair to the left of the table
chair left of table | chair | 1 | the chair on the left of the table | a chair on the left of the table
man to left | man | 1 | the man to the left | a man to the left
man holding onto pole | man | 1 | the man holding onto the pole | a man holding onto the pole
green, leafy tree | tree | 1 | the green, leafy tree | a green, leafy tree
8 year old boy | boy | 1 | the eight year old boy | an eight year old boy
plate with seaweed | plate | 1 | the plate with a seaweed | a plate with a seaweed
towels hanging on wall | towels | 2 | the towels hanging on the wall | towels hanging on the wall
"""
"""Phrase, the noun that the data set names, instances, after "remove", after "add"."""

REFUSED = """
yellow shirt | shirt | 1 | 'shirt' is part of a person
beard | beard | 1 | 'beard' is part of a person
banana 3 | banana | 1 | '3' is not a word
banana 3 o clock | banana | 1 | '3' is not a word
right bannana | banana | 1 | unknown word 'bannana'
man on left bite banana with teeth | man | 1 | cannot read left bite
man with banana not in hand | man | 1 | 'not' makes it a sentence or chat
guy at 3pm | guy | 1 | '3pm' is not a word
right gy | guy | 1 | unknown word 'gy'
woman in white tank speghetti straps | woman | 1 | unknown word 'speghetti'
woman in white camisole face cut off | woman | 1 | breaks off after 'off'
dots | dots | 1 | 'dot' names no object
center polka | polka dot | 1 | does not name the polka dot it is about
woman in pokodots | woman | 1 | unknown word 'pokodots'
dark shirt | shirt | 1 | 'shirt' is part of a person
darkest person striped shirt | person | 1 | unkind: 'darkest'
person with arm up to face cant really be seen | person | 1 | 'cant' makes it a sentence or chat
hand only | hand | 1 | 'only' makes it a sentence or chat
hand by the white plate | hand | 1 | 'hand' is part of a person
hand byotself | hand | 1 | unknown word 'byotself'
hand only in front right | hand | 1 | 'only' makes it a sentence or chat
hand right bottom | hand | 1 | 'hand' is part of a person
a table and big bowl on green stuff on it | table | 1 | cannot read 'and big bowl' after the head
tan blouse | blouse | 1 | 'blouse' is part of a person
guy on left getting or giving food | guy | 1 | 'or' makes it a sentence or chat
black shirt | shirt | 1 | 'shirt' is part of a person
man curly hair black shirt | man | 1 | cannot read 'curly hair black shirt' after the head
person in black shirt front | person | 1 | cannot read 'black shirt front'
a smaller , younger polar bear rubs into the left side of a larger adult | bear | 1 | cannot read 'rubs' after the head
table people looking at the camera are sitting at | table | 1 | cannot read 'people' after the head
light sweatshirt | sweatshirt | 1 | 'sweatshirt' is part of a person
maroon sweater n glasses | sweater | 1 | 'n' makes it a sentence or chat
lady with glasses looking over | lady | 1 | breaks off after 'over'
red hoddie | hoodie | 1 | unknown word 'hoddie'
man upper left with hands to face red hoody | man | 1 | cannot read face red
sky | sky | 1 | 'sky' names no object
his left shoe | shoe | 1 | whose is 'his'?
pants | pants | 1 | 'pants' is part of a person
laptop computer | laptop | 1 | cannot read 'computer' after the head
reflection of man | reflection | 1 | 'reflection' names no object
spots on giraffe | spots | 4 | 'spot' names no object
mane on zebra | mane | 1 | 'mane' is part of a person
glasses | glasses | 1 | 'glasses' is part of a person
man and woman | man | 2 | cannot read 'and woman' after the head
salt and pepper | salt and pepper | 2 | 'salt and pepper' is more than one thing
black | black | 1 | 'black' names no object
standing | standing | 1 | 'standing' names no object
something on table | something | 1 | 'something' names no object
"no parking" sign | sign | 1 | 'no' makes it a sentence or chat
tie worn by man | tie | 1 | 'tie' is part of a person
us flag | flag | 1 | cannot read 'us' before 'flag'
u.s. flag | flag | 1 | unknown word 'u'
t - shirt | t-shirt | 1 | 't-shirt' is part of a person
x-box controller | controller | 1 | unknown word 'x-box'
empty | empty | 1 | 'empty' names no object
seat belt | seat belt | 1 | 'belt' is part of a person
man who can swim | man | 1 | 'can' makes it a sentence
bus second from left | bus | 1 | cannot read 'second' after the head
three men | men | 2 | says three, but the region holds 2
guy on my left | guy | 1 | whose is 'my'?
t - shirt on man | t-shirt | 1 | 't-shirt' is part of a person
man standing table | man | 1 | cannot read standing table
car parked street | car | 1 | cannot read parked street
clock face | clock face | 1 | 'face' is part of a person
elephant ' s trunk | trunk | 1 | 'trunk' is part of a person
keyboard on the laptop in the right hand picture | keyboard | 1 | cannot read in right hand picture
the fork in the side of green plate | fork | 1 | cannot read in side
black shirted person reaching | person | 1 | breaks off after 'reaching'
man holding | man | 1 | breaks off after 'holding'
dog some some dog | dog | 1 | 'some some' begins a thing twice
glass half full of beer | glass | 1 | cannot read 'half' after the head
u-haul truck | truck | 1 | unknown word 'u-haul'
18 wheeler | 18 wheeler | 1 | '18' is not a word
#7 train | train | 1 | '#7' is not a word
train number 7 | train | 1 | '7' is not a word
number 7 | number | 1 | '7' is not a word
x | x | 1 | unknown word 'x'
hat on woman | hat | 1 | 'hat' is part of a person
shoes of man on floor | shoes | 2 | 'shoe' is part of a person
"""
"""Phrase, the noun that the data set names, instances, what the refusal says."""


def rows(table):
    return [[cell.strip() for cell in line.split(" | ")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("phrase", "name", "instances", "definite", "indefinite"), rows(SAID))
def test_is_said_as_people_write(phrase, name, instances, definite, indefinite):
    said = noun_phrase(phrase, name=name, instances=int(instances))
    assert (said.definite, said.indefinite) == (definite, indefinite)
    assert said.raw == phrase


@pytest.mark.parametrize(("phrase", "name", "instances", "detail"), rows(REFUSED))
def test_is_refused(phrase, name, instances, detail):
    with pytest.raises(Refusal) as caught:
        noun_phrase(phrase, name=name, instances=int(instances))
    assert caught.value.reason is Reason.PHRASE_UNUSABLE
    assert detail in caught.value.detail


def test_the_table_is_long_enough_to_mean_something():
    assert len(rows(SAID)) > 120 and len(rows(REFUSED)) > 50
