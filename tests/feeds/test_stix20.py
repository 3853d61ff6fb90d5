"""STIX 2.0 becomes STIX 2.1 that the reference library reads, with nothing lost and no marking dropped."""

from typing import Any

import pytest

from feeds.stix20 import convert, is_20, pattern_21
from tests.feeds.samples import indicator, moment, stix_id, without

RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


def _old(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": stix_id(kind, 1), "created": moment(1), "modified": moment(1), "name": "N"} | more


def _parse(data: dict[str, Any]) -> Any:
    import stix2

    return stix2.parse(data, allow_custom=True)


@pytest.mark.parametrize(
    ("old", "renamed"),
    [
        (_old("indicator", labels=["benign"], pattern="[url:value = 'x']", valid_from=moment(1)), "indicator_types"),
        (_old("malware", labels=["ransomware"]), "malware_types"),
        (
            _old("report", labels=["threat-report"], published=moment(1), object_refs=[stix_id("tool", 1)]),
            "report_types",
        ),
        (_old("threat-actor", labels=["spy"]), "threat_actor_types"),
        (_old("tool", labels=["remote-access"]), "tool_types"),
        (_old("identity", labels=["analyst"], identity_class="individual"), "roles"),
    ],
)
def test_labels_take_their_new_name(old: dict[str, Any], renamed: str) -> None:
    (new,) = convert(old)

    assert new[renamed] == old["labels"]
    assert "labels" not in new
    assert _parse(new).spec_version == "2.1"


def test_labels_that_are_tags_stay_labels_too() -> None:
    (new,) = convert(_old("malware", labels=["ransomware", "our-own-tag"]))

    assert new["malware_types"] == ["ransomware", "our-own-tag"]
    assert new["labels"] == ["our-own-tag"]


def test_the_new_required_properties_are_there() -> None:
    (malware,) = convert(_old("malware"))
    (found,) = convert(without(indicator(1), "spec_version", "pattern_type", "indicator_types"))

    assert malware["is_family"] is False
    assert found["pattern_type"] == "stix"
    assert list(found)[:2] == ["type", "spec_version"]


def test_what_is_already_new_is_left_alone() -> None:
    mixed = without(indicator(1, pattern="file:created", pattern_type="snort", labels=["tag"]), "spec_version")

    (new,) = convert(mixed)

    assert new == mixed | {"spec_version": "2.1"}


def test_custom_properties_types_and_markings_are_kept() -> None:
    old = _old("x-acme-thing", x_own={"a": 1}, object_marking_refs=[RED], labels=["a"])

    assert convert(old) == [old | {"spec_version": "2.1"}]


@pytest.mark.parametrize("level", ["white", "green", "amber", "red"])
def test_the_labels_of_tlp_keep_their_ids(level: str) -> None:
    old = {
        "type": "marking-definition",
        "id": f"marking-definition--{level}",
        "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "tlp",
        "definition": {"tlp": level},
    }

    assert convert(old) == [old | {"spec_version": "2.1"}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "[file:created = '2020' AND file:name = 'file:created']",
            "[file:ctime = '2020' AND file:name = 'file:created']",
        ),
        (
            "[url:value = 'x'] START '2020-01-01T00:00:00Z' STOP '2021-01-01T00:00:00Z'",
            "[url:value = 'x'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
        ),
        ("[process:binary_ref.name = 'it\\'s process:created']", "[process:image_ref.name = 'it\\'s process:created']"),
        ("[user-account:password_last_changed > t'2020']", "[user-account:credential_last_changed > t'2020']"),
        ("[windows-registry-key:modified = 'x']", "[windows-registry-key:modified_time = 'x']"),
        ("[ipv4-addr:value = '198.51.100.1']", "[ipv4-addr:value = '198.51.100.1']"),
        ("[unfinished = 'x", "[unfinished = 'x"),
    ],
)
def test_patterns_are_put_in_the_new_words_outside_quotes(old: str, new: str) -> None:
    assert pattern_21(old) == new


class TestObservedData:
    def _observed(self, objects: dict[str, Any], **more: Any) -> dict[str, Any]:
        times = {"first_observed": moment(1), "last_observed": moment(1), "number_observed": 1}
        return without(_old("observed-data"), "name") | times | {"objects": objects} | more

    def test_observables_become_objects_with_the_ids_the_standard_sets(self) -> None:
        import stix2

        *observables, outer = convert(
            self._observed(
                {
                    "0": {"type": "ipv4-addr", "value": "198.51.100.1"},
                    "1": {"type": "domain-name", "value": "evil.example", "resolves_to_refs": ["0"]},
                    "2": {"type": "file", "name": "a.exe", "hashes": {"SHA-1": "a" * 40, "MD5": "b" * 32}},
                }
            )
        )

        address, domain, file = observables
        assert address["id"] == stix2.IPv4Address(value="198.51.100.1").id
        assert domain["id"] == stix2.DomainName(value="evil.example").id
        assert file["id"] == stix2.File(name="a.exe", hashes={"SHA-1": "a" * 40, "MD5": "b" * 32}).id
        assert domain["resolves_to_refs"] == [address["id"]]
        assert outer["object_refs"] == [each["id"] for each in observables]
        assert "objects" not in outer
        assert [_parse(each).id for each in (*observables, outer)]

    def test_references_deep_inside_are_followed(self) -> None:
        mail, body, outer = convert(
            self._observed(
                {
                    "0": {"type": "email-message", "is_multipart": True, "body_multipart": [{"body_raw_ref": "1"}]},
                    "1": {"type": "artifact", "payload_bin": "eA=="},
                }
            )
        )

        assert mail["body_multipart"][0]["body_raw_ref"] == body["id"]
        assert len(outer["object_refs"]) == 2

    def test_renamed_and_dropped_properties_are_kept_under_new_names(self) -> None:
        file, process, _ = convert(
            self._observed(
                {
                    "0": {"type": "file", "name": "a", "created": moment(2), "is_encrypted": True},
                    "1": {"type": "process", "name": "b", "created": moment(3), "binary_ref": "0"},
                }
            )
        )

        assert (file["ctime"], file["x_is_encrypted"]) == (moment(2), True)
        assert (process["created_time"], process["x_name"], process["image_ref"]) == (moment(3), "b", file["id"])

    def test_an_observable_inherits_the_marking_of_its_data(self) -> None:
        address, _ = convert(self._observed({"0": {"type": "url", "value": "x"}}, object_marking_refs=[RED]))

        assert address["object_marking_refs"] == [RED]

    def test_data_marked_in_parts_is_left_whole(self) -> None:
        marked = [{"marking_ref": RED, "selectors": ["objects.0.value"]}]
        (only,) = convert(self._observed({"0": {"type": "url", "value": "x"}}, granular_markings=marked))

        assert only["objects"]["0"]["value"] == "x"

    def test_the_same_data_gives_the_same_ids_twice(self) -> None:
        objects = {"0": {"type": "process", "pid": 7}, "1": {"type": "x-own-thing", "a": 1}}

        assert convert(self._observed(objects)) == convert(self._observed(objects))

    @pytest.mark.parametrize(
        "objects",
        [
            {},
            {"0": 7},
            {"0": {"type": "url"}, "1": {"type": "<b>"}},
            {"0": {"no": "type"}},
        ],
    )
    def test_what_cannot_be_lifted_is_left_whole(self, objects: dict[str, Any]) -> None:
        old = self._observed(objects)

        assert convert(old) == [old | {"spec_version": "2.1"}]

    def test_circles_and_long_chains_come_to_an_end(self) -> None:
        circle = {
            "0": {"type": "file", "parent_directory_ref": "1"},
            "1": {"type": "file", "parent_directory_ref": "0"},
        }
        chain = {str(n): {"type": "file", "parent_directory_ref": str(n + 1)} for n in range(3_000)}

        assert len(convert(self._observed(circle))) == 3
        assert convert(self._observed(chain))[-1]["type"] == "observed-data"

    def test_odd_values_where_references_belong_are_kept(self) -> None:
        objects = {
            "0": {"type": "network-traffic", "src_ref": ["0"], "dst_ref": None, "protocols": [{"a_refs": [[1]]}]}
        }

        assert convert(self._observed(objects))[0]["src_ref"] == ["0"]


@pytest.mark.parametrize(
    ("data", "bundle_version", "old"),
    [
        ({"type": "tool", "spec_version": "2.0"}, None, True),
        ({"type": "tool", "spec_version": "2.1"}, "2.0", False),
        ({"type": "tool", "created": "x"}, None, True),
        ({"type": "x-thing"}, "2.0", True),
        ({"type": "x-thing"}, None, False),
        ({"type": "url", "created": "x"}, "2.0", False),
    ],
)
def test_the_version_of_an_object_is_its_own_before_its_bundles(
    data: dict[str, Any], bundle_version: Any, old: bool
) -> None:
    assert is_20(data, bundle_version) is old
