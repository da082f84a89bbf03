"""Names for the demo's people, put together by chance; whoever is widely known by hers is left out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name and what fits it: given names, the one she is called by, family name, language."""

    given: str
    called: str
    family: str
    language: str = "fi"


_WOMEN: Final = (
    "Aila Aino Anja Anneli Annikki Arja Aune Birgitta Eeva Eija Eila Elina Elsa Helena Helka Hilkka Inkeri Irja Irma "
    "Kaarina Kaisu Kerttu Kirsti Kyllikki Lahja Leena Liisa Maija Maire Marja Marjaana Marjatta Marketta Mirja Mirjami "
    "Orvokki Paula Pirjo Pirkko Päivi Raija Raili Rauha Rauni Riitta Ritva Saara Saimi Salme Seija Sinikka Sirkka "
    "Sirpa Sisko Soile Tarja Terttu Tuula Tuulikki Ulla Vieno Vuokko"
)
_MEN: Final = (
    "Aarne Antero Arvo Eero Eino Erkki Esko Hannu Heikki Ilkka Ilmari Jaakko Jorma Jouko Juhani Kalervo Kalevi Kari "
    "Lauri Lasse Markku Martti Matti Olavi Osmo Paavo Pauli Pekka Pentti Raimo Rauno Reijo Risto Sakari Seppo Taisto "
    "Tapani Tapio Tauno Timo Toivo Unto Urho Veikko Viljo Yrjö"
)
_YOUNG: Final = (
    "Aleksi Anni Elias Emilia Hanna Iida Joonas Juho Kaisa Katja Laura Mikael Minna Niko Noora Oona Outi Petri Reetta "
    "Salla Sanna Satu Tuomas Tiina Veera Ville"
)
_FINNISH: Final = (
    "Ahonen Anttila Eskola Haapala Hakala Halme Harju Hautala Heikkilä Heino Hietala Hiltunen Honkanen Huttunen "
    "Hyvönen Ikonen Jaakkola Jokela Järvelä Kallio Kangas Karppinen Kauppila Kemppainen Kettunen Kivelä Korpela "
    "Koskela Kuusela Laakso Lahtela Lammi Lappalainen Lehto Lehtonen Leppälä Lindroos Luoma Manninen Mattila Mustonen "
    "Myllymäki Mäkelä Niemelä Nikkilä Nissinen Nousiainen Ojala Oksala Paananen Pajula Parkkila Peltola Pesonen "
    "Pietilä Pulkkinen Rajala Rantala Rautiala Ruuska Saarela Salmela Salminen Savola Seppälä Sihvonen Siltala "
    "Suominen Syrjälä Taipale Takala Toivola Tuomela Turunen Uotila Vainio Vainionpää Viitala Vilkman Väisälä Ylitalo"
)
_SWEDISH: Final = tuple(
    Name(called, called, family, "sv")
    for called, family in (
        ("Gunilla", "Lindqvist"),
        ("Bengt", "Ekroos"),
        ("Carita", "Wikholm"),
        ("Göran", "Sandvik"),
        ("Monica", "Söderlund"),
        ("Kaj", "Lindfors"),
        ("Ann-Christine", "Backlund"),
        ("Rolf", "Nygård"),
        ("Solveig", "Österholm"),
        ("Ulf", "Rosenback"),
        ("Margareta", "Häggblom"),
        ("Birger", "Åkerlund"),
        ("Gun-Britt", "Fagerholm"),
        ("Stig", "Westerback"),
        ("Camilla", "Dahlqvist"),
    )
)
_FROM_ELSEWHERE: Final = tuple(
    Name(called, called, family, language)
    for called, family, language in (
        ("Ljudmila", "Sokolova", "fi"),
        ("Galina", "Jeršova", "fi"),
        ("Tiiu", "Kask", "fi"),
        ("Urmas", "Rebane", "fi"),
        ("Oksana", "Tkatšuk", "fi"),
        ("Andrij", "Melnyk", "en"),
        ("Fadumo", "Warsame", "fi"),
        ("Abdirahman", "Jama", "fi"),
        ("Amal", "Haddad", "fi"),
        ("Yusuf", "Al-Najjar", "en"),
        ("Parvin", "Rahimi", "fi"),
        ("Reza", "Moradi", "fi"),
        ("Shirin", "Karimi", "fi"),
        ("Lan", "Nguyen", "fi"),
        ("Minh", "Tran", "en"),
        ("Malee", "Srisai", "en"),
        ("Maricel", "Santos", "en"),
        ("Priya", "Nair", "en"),
        ("Grâce", "Mukendi", "fi"),
        ("Lucía", "Moreno", "en"),
        ("Mei", "Zhang", "en"),
        ("Zofia", "Wójcik", "fi"),
        ("Mehmet", "Yıldız", "fi"),
        ("Blerta", "Krasniqi", "fi"),
        ("Samuel", "Tesfaye", "en"),
    )
)

# Combinations that would name somebody widely known; what is left may still be somebody's, as every common name is.
_WELL_KNOWN: Final = frozenset(
    {
        *("Eila Hiltunen", "Kari Lehtonen", "Esko Salminen", "Paavo Salminen", "Matti Mattila", "Juhani Mattila"),
        *("Laura Lepistö", "Pekka Lehto", "Satu Vainio", "Veikko Huttunen", "Martti Suominen", "Jorma Ojala"),
        *("Hannu Takala", "Reijo Taipale", "Ilkka Taipale", "Ilkka Heino", "Tapio Suominen", "Petri Vainio"),
        *("Pekka Salminen", "Ville Lehto", "Jaakko Heino", "Saara Pulkkinen", "Tuomas Kallio", "Elina Salminen"),
        *("Kari Rajala", "Heikki Mäkelä", "Hannu Mäkelä", "Laura Huttunen", "Kari Heikkilä", "Yrjö Väisälä"),
        *("Markku Peltola", "Outi Mäkelä", "Lauri Heikkilä", "Kari Uotila", "Pirkko Mattila", "Hannu Hautala"),
        *("Timo Seppälä", "Lasse Lehtonen", "Lasse Heikkilä", "Pekka Mattila", "Olavi Ahonen", "Kalervo Kallio"),
        *("Olavi Ojala", "Eino Kettunen", "Viljo Kajava", "Minna Taipale", "Sanna Savola", "Hanna Koskela"),
    }
)

# Most volunteers are women over sixty.
_SHARES: Final = ((_WOMEN, 62), (_MEN, 24), (_YOUNG, 14))


def invent_names(random: Random, count: int, taken: set[str]) -> list[Name]:
    """Puts together so many names, each different from the others and from those taken: called and family name."""
    found = [*_SWEDISH, *_FROM_ELSEWHERE][:count]
    seen = taken | {full_name(name) for name in found}
    while len(found) < count:
        given_names = random.choices([names for names, _ in _SHARES], [share for _, share in _SHARES])[0]
        name = _finnish(random, given_names.split())
        if full_name(name) not in seen | _WELL_KNOWN:
            seen.add(full_name(name))
            found.append(name)
    random.shuffle(found)
    return found


def _finnish(random: Random, called_names: list[str]) -> Name:
    called, second = random.sample(called_names, 2)
    # Some are called by the latter of their given names.
    given = f"{second} {called}" if random.random() < 0.15 else called
    return Name(given, called, random.choice(_FINNISH.split()))


def is_finnish(name: Name) -> bool:
    """Tells whether the family name is one of the Finnish ones, so that a spouse may have it too."""
    return name.family in _FINNISH.split()


def full_name(name: Name) -> str:
    """Writes the name that everyone uses."""
    return f"{name.called} {name.family}"


def mail_of(*words: str) -> str:
    """Writes a mail address of the words under example.org, which delivers nowhere."""
    joined = ".".join(words).lower().replace("ı", "i").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    return f"{plain.replace(' ', '.')}@example.org"
