"""What `col achievements new` writes."""

from string import Template

STARTER = Template("""\
# A badge. Everything that it can say is explained in docs/badges.md; `col achievements check` looks through this file.
# Every text may stand in each language of the city; a language that is missing is shown in another one.

# organisation = "…"            # who awards it, by name; without this line it is the city itself
level = "skill"                 # participation (being there), skill (being able to), leadership (leading others)
competences = ["personal"]      # literacy multilingual stem digital personal citizenship entrepreneurship culture
tags = []
# valid_months = 24             # for how long it holds; without this line for ever

[name]
$language = "Name of the badge"

[description]
$language = "What it stands for, in one or two sentences."

[criteria]
$language = \"""
What one does to earn it:

- come to two of the workshops
- show what you made
\"""

[abilities]
$language = [
  "I can …",
]

# Skills with their address in ESCO (https://esco.ec.europa.eu).
# [[skills]]
# uri = "http://data.europa.eu/esco/skill/…"
# label = { $language = "…" }

[picture]
colour = "teal"                 # green teal blue indigo plum red orange amber
symbol = "star"                 # `col achievements symbols` lists them
# file = "own-picture.png"      # a picture of your own beside this file, instead of the drawing; then also:
# [image_alt]
# $language = "What the picture shows"

# A micro-credential says all of the following, in every language in which it has a name, and kind = "MicroCredential"
# above. What does not apply is said: "not-applicable".
# [micro_credential]
# country = "$country"
# workload_h = 25
# ects = 1
# eqf_level = "not-applicable"
# assessment = { $language = "How it is judged what one learned" }
# participation = { $language = "On site, online or both" }
# quality_assurance = { $language = "Who looks after the quality, and how" }
""")
