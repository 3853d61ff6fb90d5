"""Word lists of the text check: what kind of body a word names, what is an ordinary word too, what is no secret."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a body is, said after its own name: "Leeds City Council" is Leeds.
TYPES = _words(
    """
    council city county district borough metropolitan unitary authority authorities combined shire cyngor sir
    police constabulary fire rescue service services ambulance department dept office offices agency commission board
    trust nhs foundation hospital hospitals infirmary university college school schools academy group
    ltd limited plc inc llp llc corp corporation company co cic
    association society centre center clinic practice surgery sheriff sheriffs court courts government govt gov
    parliament assembly senate ministry administration bureau partnership committee organisation organization institute
    institution laboratory library libraries municipality municipal town village parish community communities federation
    union club charity church housing homes directorate division unit branch
    mayoral regional ccg icb cc dc bc mbc mdc lbc cbc tc pcc s
    """
)
# Said before the name, with "of" or "for": "Department for Education", "London Borough of Camden".
UNITS = _words(
    """
    city town village county borough district state commonwealth government department dept ministry office bureau
    university council republic parish diocese division board college institute port bank agency service services
    authority directorate police kingdom province municipality people municipal corporation
    """
)
LEADING = _words(
    """
    the us usa uk u hm nhs his her majestys majesty united states kingdom cyngor bwrdeistref sirol dinas
    heddlu comhairle
    """
)
LEGAL = _words("ltd limited plc inc llp llc corp corporation co company cic gmbh sa ag")
BEFORE_BOROUGH = frozenset({"london", "royal", "metropolitan"})
JOINING = frozenset({"of", "for", "and", "the", "a", "an", "in", "on", "at", "nan", "y", "yr", "de", "la", "du", "des"})
COMPASS = frozenset({"north", "south", "east", "west", "central", "mid", "upper", "lower", "greater", "new", "great"})

# Neighbours that make a body of an ordinary word: "Reading Borough", "City of Bath".
NEIGHBOURS = _words(
    """
    council councils borough city district county fire police town unitary authority nhs hospital university college
    mbc bc cc dc tc cyngor councillor councillors library libraries department dept ministry agency office area
    """
)
PLACING = frozenset({"in", "at", "near", "from", "across", "around", "outside", "throughout", "within"})
# Where "in March" is a date and "for Sale" an offer, a preposition says nothing.
NOT_PLACED = frozenset({"march", "sale", "deal", "down", "rush", "battle", "wash", "stone"})

# Places whose names are ordinary words, or so wide that they name nobody.
_PLACES = """
    reading bath sandwich deal wells rugby march bury sale poole hart down boston hull derby rush battle ash sandy stone
    ware wash broad swale eden mole forest dean ford hope lea barking ham ward warren west east north south street eye
    rye bow beer seal settle crook chard send mold flint clay sky arts peak dales slough ripley new
    london england scotland wales britain ireland europe america washington
"""
# What public bodies are for: "Energy" names a department only in company.
_TRADES = """
    energy health healthcare care medical education justice treasury transport transportation housing defence defense
    interior labor labour agriculture commerce environment environmental climate change water power tax taxes revenue
    revenues customs border immigration trade business innovation science technology information digital data security
    safety public social human humans family families children youth veterans affairs foreign home national federal
    international general internal external central local regional state states natural resources resource wildlife
    parks recreation planning development economic finance financial insurance pensions pension work works welfare
    benefits employment labour skills culture media sport sports tourism heritage arts food rural emergency management
    homeland intelligence investigation investigations law enforcement legal prison prisons probation correction
    corrections correctional highways roads traffic motor vehicles vehicle licensing registration records archives
    statistics census elections election electoral voting post postal mail communications telecommunications nuclear
    space aviation marine navy army air force forces armed military reserve guard coast patrol ranger personnel
    management budget audit accounting payments treasury mint standards competition consumer consumers protection
    research support systems system solutions network networks online group first united community mental aging ageing
    disability disabilities nursing dental hospital life sciences quality prevention control disease environment
"""
AMBIGUOUS = _words(_PLACES) | _words(_TRADES)

# Initials that mean something else to whoever writes about incidents.
KNOWN_INITIALS = _words(
    """
    tcp udp dns usb api sql cve vpn mfa otp pdf html http https smtp imap ssl tls ssh ftp rdp smb nas san lan wan url
    xml csv cpu gpu ram ssd bios uefi edr xdr mdr soc siem soar iam pam sso saml ldap apt ttp ioc ics ot it ict ip
    ncsc ico nca cisa nhs dpo dpa gdpr foi faq pin cvv cvss tlp pap kev cdn ddos dos xss rce poc cms crm erp asap fyi
    usa uk eu gmt utc bst am pm ceo cio ciso cfo cto hr pr mac pc id acl nat isp arp bgp aws gcp ids ips waf spf
    dkim dmarc mx cname ttl eula iso pci dss nist rsa aes des md5 sha
    and not the for all any are but can did get had has how its let may new now off old one our out own put run saw
    say see set she too two use was way who why yes yet you bad big car cop doc end far few men mps she son sum ten top
    """
)

INTERNAL_ENDINGS = _words("local localdomain corp internal intranet intra lan home private priv localnet ad")
NOT_HOSTS = frozenset({"rc.local"})
NOT_ACCOUNTS = _words(
    """
    ntauthority root localhost winnt
    hklm hkcu hkcr hku hkcc nt authority builtin system system32 syswow64 windows temp tmp appdata local roaming
    programdata users public desktop downloads documents startup program bin src etc var usr and or yes no
    """
)
FILE_ENDINGS = _words(
    """
    exe dll bat cmd ps1 vbs js jse hta lnk msi zip rar 7z iso img txt log doc docx docm xls xlsx xlsm ppt pptx pdf
    sys tmp dat bin py sh jar scr cpl reg ini xml json html htm php asp aspx
    """
)

POSTCODE_AREAS = _words(
    """
    ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec en ex fk fy g gl
    gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol
    ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd
    wf wn wr ws wv yo ze gir
    """
)

TITLES = _words("mr mrs ms miss mx dr prof professor sir dame lord lady cllr councillor rev hon")
SHARED_MAILBOXES = _words(
    """
    info mail enquiries enquiry contact office admin support help helpdesk servicedesk service security it ict noreply
    no reply postmaster abuse press media test hello council warp
    """
)

VERSION_WORDS = frozenset({"version", "v", "ver", "build", "release", "firmware", "patch", "update", "os"})
