"""Whether a mail is somebody's report of an incident of their own, which must not be kept, or a warning passed on.

In doubt it is a report. The two mistakes do not weigh the same: a warning taken for a report is still in its
sender's hands, the answer says so, and pasting it by hand costs a minute; a report that was kept tells who
reported, on a desk and in every backup from then on, and nothing takes that back. So one sentence in which
somebody says of themselves what befell them is enough. What a national advisory says about others, on
conditions, in quotation marks or denied is no such sentence, or no advisory could ever pass.
"""

import re
from collections.abc import Iterable

_LONGEST = 200_000
_LONGEST_SENTENCE = 600

_VICTIM = (
    r"(?:hit|attacked|hacked|breached|compromised|encrypted|infected|ransomed|defaced|phished|scammed|defrauded"
    r"|locked(?: out)?|broken into|got through|taken over|wiped|stolen|copied|exfiltrated|leaked|published|accessed)"
)
_HARM = (
    r"(?:cyber[ -]?(?:attack|incident)|attack|incident|breach|intrusion|ransom\w*|malware|virus|trojan|web ?shell"
    r"|unauthori[sz]ed access|compromise|ddos|denial of service|fraud|phish\w*|hack\w*)"
)
_OTHERS = (
    r"(?:customers?|clients?|partners?|researchers?|analysts?|analys[ie]s|consultants?|experts?|telemetry|honeypots?|products?|users|threat"
    r"|sector|researcher|honeynet|readers|investigations?|findings|advisor\w+|assessment|monitoring|sensors?)"
)
_THINGS = (
    r"(?:laptops?|servers?|computers?|pcs?|machines?|network|systems?|domain|tenant|firewalls?|accounts?"
    r"|mailbox(?:es)?"
    r"|website|site|portal|box|devices?|estate|farm|files?|data(?:base)?|vpn|staff|users?)"
)
_BE = r"(?:'ve|’ve|'re|’re|'s|’s| have| has| had| are| is| was| were| am|)"
_CRIMINALS = r"(?:attackers?|hackers?|intruders?|criminals?|someone|somebody|an unknown person|they|he|she)"
_COLLEAGUES = (
    r"(?:(?:one|two|three|some|several|\d+) of our [a-z' -]{0,40}|a member of staff|members? of (?:our )?staff"
    r"|a colleague"
    r"|an? (?:finance |payroll )?(?:officer|employee|councillor|clerk|teacher)|our [a-z' -]{0,40})"
)
_OWN_HARM = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:we|i)(?:(?:'ve|’ve| have| had)(?: \w+){{0,2}}? been|'re|’re| are| were| was| got| am)(?: \w+){{0,2}}? "
        rf"{_VICTIM}\b",
        rf"\b(?:we|i){_BE}(?: (?!aware|seen|observed|made|noticed|heard)\w+){{0,3}}? (?:suffered|experienced"
        rf"|had|having|experiencing|identified|discovered|detected|found|dealing with|in the middle of|responding to"
        rf"|under|victims? of)"
        rf"\b(?!.{{0,40}}\b(?:at|in|by|to) (?:other|another|several|some|many)\b)"
        r"(?!.{0,40}\b(?:groups?|campaigns?|actors?|samples?|variants?|famil\w+|new)\b)"
        rf"[^.!?]{{0,50}}\b{_HARM}\b",
        rf"\bwe(?:'ve|’ve| have)? (?:found|got|had|have|spotted)\b[^.!?]{{0,50}}\bon (?:\w+ ){{0,4}}?{_THINGS}\b",
        rf"\b(?:our|my) (?!(?:[\w'’-]+ ){{0,2}}?{_OTHERS}\b)(?:[\w'’-]+ ){{1,7}}?{_VICTIM}\b",
        r"\b(?:our|my) (?:[\w'’-]+ ){1,5}?(?:is|are|was|were|been|went|gone)(?: \w+){0,3}? "
        r"(?:down|offline|under (?:a |an )?(?:\w+ )?attack|gone)\b",
        rf"\b(?:our|my) (?!(?:[\w'’-]+ ){{0,2}}?{_OTHERS}\b)(?:[\w'’-]+ ){{1,6}}?(?:got|has|have|had|caught"
        rf"|suffered|lost)"
        rf"(?: \w+){{0,3}}? {_HARM}\b",
        r"\ball (?:of )?(?:our|the) (?:[\w'’-]+ ){1,3}?(?:is|are|was|were|have|has)(?: \w+){0,2}? (?:encrypted"
        r"|locked|gone)\b",
        r"\beverything is (?:locked|encrypted|gone)\b",
        rf"\b(?:our|the|this) (?:[\w'’-]+ ){{0,4}}?(?:council|authority|school|trust|organisation"
        rf"|college)\b(?: \w+){{0,3}}? "
        rf"(?:(?:been |was |is )(?:\w+ )?(?:{_VICTIM})|(?:suffered|experienced|identified|discovered"
        rf"|detected)\b[^.!?]{{0,50}}\b"
        rf"{_HARM})\b",
        rf"\b{_CRIMINALS}\b[^.!?]{{0,60}}\b(?:in|into|to|from|through|with) (?:our|my)\b",
        rf"\b{_CRIMINALS}\b[^.!?]{{0,40}}\b(?:domain )?admin (?:rights )?here\b",
        rf"\b{_CRIMINALS} (?:pulled|took|stole|copied|used|dumped|encrypted|changed) (?:\w+ ){{0,3}}?(?:our|my)\b",
        rf"\b{_COLLEAGUES}(?: who)? (?:clicked|opened|entered|gave|typed|plugged|left an?|lost|paid|changed"
        rf"|fell for|let)\b",
        r"\b(?:we|i)(?:'ve|’ve| have)? (?:paid|transferred|sent)\b[^.!?]{0,60}\b(?:wrong account|fraud\w*|scam\w*)\b",
        r"\b(?:do(?:n't| not) say it was us|without our name|in (?:strict )?confidence)\b",
        r"\b(?:writing|want|wish|like|need) to report\b|\bthis is to (?:notify|inform) you that\b"
        rf"|\breporting (?:an?|our|this) (?:\w+ ){{0,2}}?{_HARM}\b|\bhad a real one\b",
        r"\b(?:rydym|rydyn|ydym|dan|cawsom|mae ein|ein)\b[^.!?]{0,60}\b(?:h?amgryptio|hacio|taro|ymosod\w*"
        r"|dioddef|dwyn"
        r"|ddwyn|cloi|gloi|torri)\b",
    )
)
_SUBJECT = re.compile(
    r"(?:urgent\W+)?(?:(?:cyber|security|data|it) )*(?:incident|breach|ransomware|attack|ymosodiad|digwyddiad"
    r"|compromised? account"
    r"|malware|hacked|fraud)(?: report| notification| form)*(?:\W+(?:completed|confidential|urgent|report|form))*"
    r"|initial notification|adroddiad digwyddiad|report(?:ing)? (?:of )?an? (?:\w+ )?incident",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:[ _-]*v?\d+)?\.[a-z0-9]{1,5}$", re.IGNORECASE)
_FORM = re.compile(
    r"^\W{0,3}(?:name of )?(?:organisation|authority|council|reported by|reporter|contact(?: number| name)?|telephone"
    r"|(?:date|time|date and time)(?: of incident| discovered| detected)?|what happened|systems affected"
    r"|services affected"
    r"|impact|actions? taken|help needed|number of (?:people|records) affected|ico (?:told|notified)"
    r"|ncsc (?:told|notified))"
    r"\b[^:\n]{0,30}:",
    re.IGNORECASE | re.MULTILINE,
)
_FORM_LINES = 3
_ON_CONDITION = re.compile(
    r"\b(?:if|should (?:you|your|any|an)|when(?:ever)?|whether|in case|unless|imagine|begins?|suppose"
    r"|what would|could|may|might"
    r"|would|can|not|no|none|never|nor|without|n't|os|pe bai)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'["“][^"”\n]{0,400}["”]|(?<!\w)[\'‘](?=[^\'’\n]{0,200} )[^\'’\n]{6,300}[\'’](?!\w)')
_SENTENCE = re.compile(r"[.!?](?=\s|\Z)|\n\s*\n|\n(?=[-*•\d])")
_PASSED_ON = re.compile(
    r"^[ \t]*(?:-{2,}\s*(?:original message|forwarded message|neges wreiddiol)\s*-{2,}|begin forwarded message:"
    r"|_{10,}\s*$"
    r"|[*_]{0,2}(?:from|oddi wrth)\s?:[^\n]*\n(?:[^\n]*\n){0,2}?"
    r"[ \t]*[*_]{0,2}(?:sent|date|to|subject|anfonwyd|at|pwnc)\s?:)",
    re.IGNORECASE | re.MULTILINE,
)
_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|fw)\s*:|\s*\[[^\]]{1,30}\])+\s*", re.IGNORECASE)
_OF_ADVISORIES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bcve-\d{4}-\d{4,}\b",
        r"\bcvss\b|\bcwe-\d+\b",
        r"\baffected (?:versions?|products?|software)\b|\bversions? \d+\.\d+",
        r"\b(?:advisory|advisories|bulletin|joint guidance|security releases?|vulnerabilit\w+|gwendid)\b",
        r"\b(?:ncsc|cisa|jpcert|ms-isac|cert-\w+|msrc|mandiant|fbi) (?:is|has|are|assess\w*|advise\w*"
        r"|recommend\w*|alert|warn\w*)",
        r"\b(?:upgrade|patch|update) (?:to|now|immediately|as soon)\b|\bmitigations?\b",
        r"\bindicators? of compromise\b|\biocs?\b|\btlp:(?:clear|green|amber|white)\b",
        r"\b(?:organisations|organizations|customers|administrators|members) (?:should|that|are|who|must)\b",
    )
)
_ENOUGH = 2


def looks_like_a_report(subject: str, said: str, files: Iterable[str] = ()) -> bool:
    """Say whether somebody reports an incident of their own.

    `said` is all of a mail's text, what it passes on too; `files` are the names of what came along unread.
    """
    said = said[:_LONGEST]
    topic = _PREFIX.sub("", subject).strip()
    passed_on = _PASSED_ON.search(said)
    own, others = (said[: passed_on.start()], said[passed_on.start() :]) if passed_on else (said, "")
    if _tells_of_own_harm(f"{topic}. {own}"):
        return True
    is_advisory = sum(bool(sign.search(f"{topic}\n{said}")) for sign in _OF_ADVISORIES) >= _ENOUGH
    if is_advisory:
        return False
    named = (topic, *(_ENDING.sub("", file).replace("_", " ").replace("-", " ").strip() for file in files))
    return (
        any(_SUBJECT.fullmatch(name) for name in named)
        or len(_FORM.findall(said)) >= _FORM_LINES
        or _tells_of_own_harm(others)
    )


def _tells_of_own_harm(said: str) -> bool:
    return any(_is_own_harm(sentence) for sentence in _SENTENCE.split(_QUOTED.sub(" ", said)))


def _is_own_harm(sentence: str) -> bool:
    words = " ".join(sentence.split())
    pieces = (words[start : start + _LONGEST_SENTENCE] for start in range(0, len(words), _LONGEST_SENTENCE // 2))
    return any(_befell_us(piece) for piece in pieces)


def _befell_us(words: str) -> bool:
    for pattern in _OWN_HARM:
        found = pattern.search(words)
        if found and not _ON_CONDITION.search(words[: found.end()]):
            return True
    return False
