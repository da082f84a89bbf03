"""The demo's organisers, sites and places: the sites' names and towns are real, the rest is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Final
from urllib.parse import quote

from olka.core.texts import Text3
from olka.sites.rules import PlaceKind, SiteKind

# Finland keeps no numbers for fiction. No subscriber's number begins with three zeros, so 050 000 0000–9999 rings
# at nobody's, and still reads as a possible number; the sites have the first hundred, people the rest.
PHONE_RANGE: Final = "+35850000"

Hours = tuple[str, time, time]
"""The weekdays by their numbers, 1 Monday … 7 Sunday, and when the place opens and closes."""


def phone(number: int) -> str:
    """Gives a phone number that is nobody's, for 0 ≤ number ≤ 9999."""
    return f"{PHONE_RANGE}{number:04}"


def map_url(street: str, town: str) -> str:
    """Gives a link to a map that looks the address up."""
    return f"https://www.openstreetmap.org/search?query={quote(f'{street}, {town}')}"


@dataclass(frozen=True, slots=True)
class OrganiserPlan:
    """A legal person to be loaded; register numbers are plainly nobody's."""

    name: str
    register_number: str
    street: str
    postcode: str
    town: str


@dataclass(frozen=True, slots=True)
class PlacePlan:
    """A place to be loaded, with the keys of what is done there."""

    key: str
    kind: PlaceKind
    name: Text3
    directions: Text3
    tasks: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site to be loaded; the first organiser runs it unless another is numbered."""

    key: str
    kind: SiteKind
    name: Text3
    short_name: Text3
    street: str
    postcode: str
    town: str
    directions: Text3
    places: tuple[PlacePlan, ...]
    organiser: int = 0
    opens_on: date | None = None
    succeeds: str | None = None


ORGANISERS: Final = (
    OrganiserPlan("Hämeen Setlementti ry", "000.000", "Esimerkkikatu 1", "13100", "Hämeenlinna"),
    OrganiserPlan("Kanta-Hämeen hyvinvointialue (Oma Häme)", "0000000-0", "Esimerkkitie 2", "13100", "Hämeenlinna"),
)

_POINT: Final = Text3("OLKA-piste", "OLKA-punkten", "OLKA point")
_LOBBY: Final = Text3("Pääaula", "Huvudaulan", "Main lobby")
_AT_DOORS: Final = Text3("Heti pääovista sisään", "Genast innanför huvudingången", "Just inside the main entrance")
_BESIDE_INFO: Final = Text3(
    "Pääaulassa, infon vieressä", "I huvudaulan, bredvid informationen", "In the main lobby, beside the info desk"
)
_SHOWROOM: Final = PlacePlan(
    "showroom",
    PlaceKind.ROOM,
    Text3("Yhdistysten esittelytila", "Föreningarnas presentationsplats", "Associations' presentation space"),
    Text3("OLKA-pisteen vieressä", "Bredvid OLKA-punkten", "Beside the OLKA point"),
)

HOSPITAL: Final = SitePlan(
    "hospital",
    SiteKind.HOSPITAL,
    Text3("Kanta-Hämeen keskussairaala", "Egentliga Tavastlands centralsjukhus", "Kanta-Häme Central Hospital"),
    Text3("Keskussairaala", "Centralsjukhuset", "Central Hospital"),
    "Parantolankatu 6",
    "13530",
    "Hämeenlinna",
    Text3(
        "Pääovi on Parantolankadun puolella. Bussit pysähtyvät oven edessä.",
        "Huvudingången är från Parantolankatu. Bussarna stannar utanför.",
        "The main entrance is on Parantolankatu. Buses stop in front of it.",
    ),
    (
        PlacePlan(
            "hospital_point",
            PlaceKind.POINT,
            _POINT,
            _BESIDE_INFO,
            ("point", "peer"),
            (("12345", time(9), time(15)),),
        ),
        PlacePlan(
            "hospital_lobby",
            PlaceKind.LOBBY,
            _LOBBY,
            _AT_DOORS,
            ("lobby", "performer"),
        ),
        PlacePlan(
            "children",
            PlaceKind.WARD,
            Text3("Lastenosasto", "Barnavdelningen", "Children's ward"),
            Text3("2. kerros, keltaiset ovet", "Våning 2, de gula dörrarna", "2nd floor, the yellow doors"),
            ("play", "performer"),
            (("12345", time(13), time(18)),),
        ),
        PlacePlan(
            "medical",
            PlaceKind.WARD,
            Text3("Sisätautiosasto", "Avdelningen för inre medicin", "Internal medicine ward"),
            Text3("4. kerros, hissi B", "Våning 4, hiss B", "4th floor, lift B"),
            ("chat", "peer"),
            (("12345", time(13), time(18)),),
        ),
        PlacePlan(
            "rehabilitation",
            PlaceKind.WARD,
            Text3("Kuntoutusosasto", "Rehabiliteringsavdelningen", "Rehabilitation ward"),
            Text3("1. kerros, sisäpihan puoli", "Våning 1, mot innergården", "1st floor, courtyard side"),
            ("chat", "performer"),
            (("12345", time(13), time(18)),),
        ),
        PlacePlan(
            "palliative",
            PlaceKind.WARD,
            Text3("Palliatiivinen osasto", "Palliativa avdelningen", "Palliative ward"),
            Text3("5. kerros. Soita ovikelloa.", "Våning 5. Ring på dörrklockan.", "5th floor. Ring the bell."),
            ("last_days", "chat"),
            (("1234567", time(10), time(20)),),
        ),
        replace(_SHOWROOM, key="hospital_showroom"),
    ),
)

FORSSA: Final = SitePlan(
    "forssa",
    SiteKind.HOSPITAL,
    Text3("Forssan sairaala", "Forssa sjukhus", "Forssa Hospital"),
    Text3("Forssa", "Forssa", "Forssa"),
    "Urheilukentänkatu 9",
    "30100",
    "Forssa",
    Text3("Pääovesta sisään", "In genom huvudingången", "Through the main entrance"),
    (
        PlacePlan(
            "forssa_point",
            PlaceKind.POINT,
            _POINT,
            Text3("Pääaulassa, kahvion vieressä", "I huvudaulan, bredvid kaféet", "In the main lobby, beside the café"),
            ("point", "peer"),
            (("12345", time(9), time(15)),),
        ),
        PlacePlan(
            "forssa_ward",
            PlaceKind.WARD,
            Text3("Akuuttiosasto", "Akutavdelningen", "Acute ward"),
            Text3("2. kerros", "Våning 2", "2nd floor"),
            ("chat",),
            (("12345", time(13), time(18)),),
        ),
        replace(_SHOWROOM, key="forssa_showroom"),
    ),
)

RIIHIMAKI: Final = SitePlan(
    "riihimaki",
    SiteKind.HOSPITAL,
    Text3("Riihimäen sairaala", "Riihimäki sjukhus", "Riihimäki Hospital"),
    Text3("Riihimäki", "Riihimäki", "Riihimäki"),
    "Kontiontie 77",
    "11120",
    "Riihimäki",
    Text3("Pääovesta sisään ja oikealle", "In genom huvudingången och till höger", "Main entrance, then right"),
    (
        PlacePlan(
            "riihimaki_point",
            PlaceKind.POINT,
            _POINT,
            Text3("Aulassa, ilmoittautumisen vieressä", "I aulan, bredvid anmälan", "In the lobby, beside check-in"),
            ("point", "peer"),
            (("12345", time(10), time(15)),),
        ),
        PlacePlan(
            "riihimaki_lobby",
            PlaceKind.LOBBY,
            _LOBBY,
            _AT_DOORS,
            ("lobby", "performer"),
        ),
        replace(_SHOWROOM, key="riihimaki_showroom"),
    ),
    opens_on=date(2024, 11, 4),
)

ASSI: Final = SitePlan(
    "assi",
    SiteKind.HOSPITAL,
    Text3("Assi-sairaala", "Assi-sjukhuset", "Assi Hospital"),
    Text3("Assi", "Assi", "Assi"),
    "Parantolankatu",
    "13530",
    "Hämeenlinna",
    Text3(
        "Uusi sairaala keskussairaalan vieressä. Toiminta siirtyy tänne avaamispäivänä.",
        "Det nya sjukhuset bredvid centralsjukhuset. Verksamheten flyttar hit på öppningsdagen.",
        "The new hospital beside the central hospital. The activity moves here on the opening day.",
    ),
    (
        PlacePlan("assi_point", PlaceKind.POINT, _POINT, _BESIDE_INFO, ("point", "peer")),
        PlacePlan("assi_lobby", PlaceKind.LOBBY, _LOBBY, _AT_DOORS, ("lobby", "performer")),
        replace(_SHOWROOM, key="assi_showroom"),
    ),
    succeeds="hospital",
)

VIIPURINTIE: Final = SitePlan(
    "viipurintie",
    SiteKind.HEALTH_STATION,
    Text3("Viipurintien terveysasema", "Viipurintie hälsostation", "Viipurintie Health Centre"),
    Text3("Viipurintie", "Viipurintie", "Viipurintie"),
    "Viipurintie 1",
    "13200",
    "Hämeenlinna",
    Text3("Pääovesta 1. kerrokseen", "Huvudingången, våning 1", "Main entrance, 1st floor"),
    (
        PlacePlan(
            "support_point",
            PlaceKind.SUPPORT_POINT,
            Text3("Tuki- ja ohjauspiste", "Stöd- och handledningspunkten", "Support and guidance point"),
            Text3("1. kerros, apteekin vastapäätä", "Våning 1, mittemot apoteket", "1st floor, opposite the pharmacy"),
            ("support", "digital", "guide"),
            (("1234", time(9), time(15)), ("5", time(9), time(12))),
        ),
    ),
    organiser=1,
)


def _living_room(
    key: str, address: tuple[str, str, str], genitive: str, swedish: str, **rooms: tuple[Hours, ...]
) -> SitePlan:
    """Makes an area's living room; parts of town have a health information room, open as volunteers allow."""
    street, postcode, town = address
    return SitePlan(
        key,
        SiteKind.LIVING_ROOM,
        Text3(f"{genitive} olohuone", f"{swedish.removesuffix('s')}s vardagsrum", f"{town} living room"),
        Text3(f"Olohuone, {town}", f"Vardagsrummet, {swedish}", f"Living room, {town}"),
        street,
        postcode,
        town,
        Text3("Kadulta suoraan sisään", "Direkt in från gatan", "Straight in from the street"),
        tuple(
            PlacePlan(
                f"room_{part.lower()}",
                PlaceKind.HEALTH_ROOM,
                Text3(f"Terveystietotupa {part}", f"Hälsoinformationsstugan {part}", f"Health information room {part}"),
                Text3("Ovessa on OLKA-tarra", "OLKA-dekalen sitter på dörren", "Look for the OLKA sign on the door"),
                ("room",),
                hours,
            )
            for part, hours in rooms.items()
        ),
    )


LIVING_ROOMS: Final = (
    _living_room(
        "room_hameenlinna",
        ("Esimerkkikatu 4", "13130", "Hämeenlinna"),
        "Hämeenlinnan",
        "Tavastehus",
        Nummi=(("14", time(10), time(13)),),
        Kalvola=(("3", time(12), time(15)),),
    ),
    _living_room(
        "room_forssa",
        ("Esimerkkikatu 5", "30100", "Forssa"),
        "Forssan",
        "Forssa",
        Kuhala=(("2", time(10), time(13)),),
    ),
    _living_room(
        "room_riihimaki",
        ("Esimerkkikatu 6", "11130", "Riihimäki"),
        "Riihimäen",
        "Riihimäki",
        Peltosaari=(("25", time(10), time(13)),),
    ),
)

COMMUNITY_HOUSE: Final = SitePlan(
    "house",
    SiteKind.COMMUNITY_HOUSE,
    Text3("Kumppanuustalo", "Kumppanuustalo", "Kumppanuustalo"),
    Text3("Kumppanuustalo", "Kumppanuustalo", "Kumppanuustalo"),
    "Esimerkkikatu 7",
    "13100",
    "Hämeenlinna",
    Text3(
        "Illalla ovi on lukossa: soita ovikelloa.",
        "På kvällen är dörren låst: ring på dörrklockan.",
        "The door is locked in the evening: ring the bell.",
    ),
    (
        PlacePlan(
            "hall",
            PlaceKind.ROOM,
            Text3("Sali", "Salen", "Hall"),
            Text3("1. kerros", "Våning 1", "1st floor"),
            ("performer", "chat"),
            (("12345", time(16), time(21)), ("67", time(10), time(18))),
        ),
        PlacePlan(
            "club_room",
            PlaceKind.ROOM,
            Text3("Kerhohuone", "Klubbrummet", "Club room"),
            Text3("2. kerros, hissillä", "Våning 2, med hiss", "2nd floor, by lift"),
        ),
    ),
)


def sites(today: date) -> tuple[SitePlan, ...]:
    """Lists the sites, with the Assi hospital opening on the first of a month some seven months ahead."""
    ahead = (today + timedelta(days=210)).replace(day=1)
    assi = replace(ASSI, opens_on=ahead)
    return (HOSPITAL, FORSSA, RIIHIMAKI, assi, VIIPURINTIE, *LIVING_ROOMS, COMMUNITY_HOUSE)
