"""What people read for each word of the vocabulary.

The key competences are named as the Council Recommendation 2018/C 189/01 names them in each language.
"""

from collections.abc import Mapping

from col_core.badges.achievements.records import KeyCompetence, Level
from col_core.base.messages import NP_

Label = tuple[str, str]

COMPETENCES: Mapping[KeyCompetence, Label] = {
    KeyCompetence.LITERACY: NP_("key competence", "Literacy"),
    KeyCompetence.MULTILINGUAL: NP_("key competence", "Languages"),
    KeyCompetence.STEM: NP_("key competence", "Mathematics, science, technology and engineering"),
    KeyCompetence.DIGITAL: NP_("key competence", "Digital"),
    KeyCompetence.PERSONAL: NP_("key competence", "Personal, social and learning to learn"),
    KeyCompetence.CITIZENSHIP: NP_("key competence", "Citizenship"),
    KeyCompetence.ENTREPRENEURSHIP: NP_("key competence", "Entrepreneurship"),
    KeyCompetence.CULTURE: NP_("key competence", "Cultural awareness and expression"),
}
LEVELS: Mapping[Level, Label] = {
    Level.PARTICIPATION: NP_("level of a badge", "Taking part"),
    Level.SKILL: NP_("level of a badge", "Being able to"),
    Level.LEADERSHIP: NP_("level of a badge", "Leading others"),
}
