"""Topics and sectors that somebody can follow, and which of them a text is about."""

from warp_hub.alerts.products import Phrase, words_of

# By key: the words that tell the topic; the words on the page stand in `wording_interests`.
TOPICS: dict[str, tuple[str, ...]] = {
    "ransomware": ("ransomware", "double extortion", "data leak site"),
    "phishing": ("phishing", "spear phishing", "smishing", "vishing", "quishing", "lure", "business email compromise"),
    "fraud": ("fraud", "invoice fraud", "mandate fraud", "payroll diversion", "scam"),
    "denial": ("ddos", "denial of service attack", "denial of service attacks", "hacktivist", "hacktivists"),
    "supply-chain": ("supply chain", "supplier", "managed service provider", "third party breach"),
    "breach": ("data breach", "personal data", "stolen data", "leaked credentials", "credential dump"),
    "identity": ("password spraying", "mfa", "adversary in the middle", "token theft", "device code", "help desk"),
    "building": ("cctv", "building management", "industrial control", "operational technology", "scada", "plc"),
    "elections": ("election", "elections", "electoral", "polling"),
    "states": ("apt28", "apt29", "apt31", "apt40", "volt typhoon", "salt typhoon", "nation state", "state sponsored"),
}

# What a source may call a sector, by key.
SECTORS: dict[str, tuple[str, ...]] = {
    "local-government": ("local government", "council", "councils", "municipality", "government local", "local-gov"),
    "central-government": ("government national", "central government", "public administration", "government"),
    "schools": ("education", "school", "schools", "university", "universities"),
    "health": ("healthcare", "health", "nhs", "hospital", "hospitals"),
    "social-care": ("social care", "care homes"),
    "housing": ("housing", "housing association"),
    "emergency": ("emergency services", "police", "fire and rescue", "ambulance"),
    "utilities": ("water", "energy", "utilities", "waste"),
    "transport": ("transport", "transportation"),
}


def topics_in(text: str) -> list[str]:
    """Return the keys of the topics that a text is about."""
    return _told(_TOPICS, words_of(text))


def sectors_in(text: str) -> list[str]:
    """Return the keys of the sectors that a source's own word for one stands for."""
    return _told(_SECTORS, words_of(text))


def _told(phrases: dict[str, list[tuple[Phrase, str]]], words: Phrase) -> list[str]:
    found: dict[str, None] = {}
    for place, word in enumerate(words):
        for phrase, key in phrases.get(word, ()):
            if words[place : place + len(phrase)] == phrase:
                found[key] = None
    return list(found)


def _by_first_word(told: dict[str, tuple[str, ...]]) -> dict[str, list[tuple[Phrase, str]]]:
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for key, phrases in told.items():
        for phrase in map(words_of, phrases):
            found.setdefault(phrase[0], []).append((phrase, key))
    return found


_TOPICS, _SECTORS = _by_first_word(TOPICS), _by_first_word(SECTORS)
