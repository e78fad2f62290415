"""Make a feed of a source's rows: repaired, joined, needs and hours settled, and whatever could not be used named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from conversations.folding import fold

from . import hours, needs, repair
from .feed import AtLocation, Feed, Issue, Language, Location, Organization, Phone, Schedule, Service, Translation
from .readers.rows import Row, Tables
from .siting import located
from .spoken import language

STATUSES = {"active", "inactive", "defunct", "temporarily closed"}
_YES = {"true", "yes", "y", "1"}
_FAX = {"fax"}
_NOT_FIRST = {"tty", "tdd", "sms", "textphone", "text", "video"}
_DOUBT = {False: "cannot be rung as it stands; left out", True: "has an extension that is no number; shown without it"}
_MOST_PHONES = 3
_SHORT_NAME = 4
_LONGEST_ID = 255

Links = Mapping[str, list[Row]]
"""Rows by the id of what they hang on."""


def build(source: str, tables: Tables) -> Feed:
    """Everything in the rows that can be used; the rest is among the issues, in the order of the rows."""
    return _Builder(source, tables).feed()


@dataclass
class _Builder:
    source: str
    tables: Tables
    issues: list[Issue] = field(default_factory=list)
    told: set[Issue] = field(default_factory=set)
    places: dict[str, Row] = field(default_factory=dict)

    def feed(self) -> Feed:
        self.issues.extend(self.tables.issues)
        organizations = {each.source_id: each for each in self.organizations()}
        locations = {each.source_id: each for each in self.locations()}
        services = {each.source_id: each for each in self.services(organizations, locations)}
        at_locations = tuple(self.at_locations(services, locations))
        return Feed(
            self.source,
            self.tables.form,
            tuple(organizations.values()),
            tuple(locations.values()),
            tuple(services.values()),
            at_locations,
            tuple(self.issues),
        )

    def organizations(self) -> Iterator[Organization]:
        for row in self.whole("organization"):
            name = repair.name(row.get("name", "alternate_name"))
            if not name:
                self.tell(row, "name", "is missing; its services are shown without it")
            yield Organization(row.get("id"), name)

    def locations(self) -> Iterator[Location]:
        addresses = self.linked("address", "location_id")
        for row in self.whole("location"):
            self.places[row.get("id")] = row
            location, issues = located(row, addresses.get(row.get("id"), []))
            self.issues.extend(issues)
            yield location

    def services(self, organizations: Mapping[str, Organization], locations: Mapping[str, Location]) -> Iterator[Service]:
        terms = {row.get("id"): row for row in self.tables["taxonomy_term"]}
        taxonomies = {row.get("id"): row.get("name") for row in self.tables["taxonomy"]}
        linked = {name: self.linked(name, key) for name, key in _OF_SERVICE.items()}
        for row in self.whole("service"):
            key = row.get("id")
            name = self.service_name(row, organizations, locations)
            if not name:
                self.tell(row, "name", "is missing, and its place and organization have none; left out")
                continue
            owner = row.get("organization_id")
            stated = [_term(each, terms, taxonomies) for each in linked["attribute"].get(key, [])]
            yield Service(
                key,
                owner if owner in organizations else None,
                name,
                repair.clean(row.get("description", "short_desc")),
                self.status(row),
                repair.sentence(row.get("alert")),
                _note(row, linked["required_document"].get(key, [])),
                row.get("no_id").casefold() in _YES,
                self.assured(row),
                self.needs(row, name, stated),
                tuple(_translation(each) for each in linked["translation"].get(key, []) if each.get("language")),
            )

    def service_name(self, row: Row, organizations: Mapping[str, Organization], locations: Mapping[str, Location]) -> str:
        """Its own name, else that of its place, else of its organization: many sources name only the place."""
        place, owner = locations.get(row.get("location_id")), organizations.get(row.get("organization_id"))
        whose = owner.name if owner else ""
        name = repair.name(row.get("name")) or (place.name if place else "")
        return f"{whose}, {name}" if name and whose and _says_little(name, whose) else name or whose

    def status(self, row: Row) -> str:
        status = row.get("status").casefold() or "active"
        if status not in STATUSES:
            self.tell(row, "status", "is not one of HSDS (active, inactive, defunct, temporarily closed); not shown")
            return "inactive"
        return status

    def assured(self, row: Row) -> date | None:
        given = row.get("assured_date")
        if given and repair.day(given) is None:
            self.tell(row, "assured_date", "is not a date like 2026-03-31; left out")
        return repair.day(given)

    def needs(self, row: Row, name: str, terms: list[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
        """What the source says it helps with; only where it says nothing we know, a guess from its words."""
        stated, unknown = needs.of_terms((taxonomy, code) for taxonomy, code, _ in terms)
        for slug in unknown:
            self.issues.append(Issue(row.file, row.number, "need", slug, "is not a need of ours; left out"))
        if stated or self.leisure(row):
            return tuple(stated.items())
        words = [name, row.get("alternate_name"), row.get("keywords"), *(term for *_, term in terms)]
        return tuple((needs.guessed(*words) or needs.guessed(_first_sentence(row.get("description")))).items())

    def leisure(self, row: Row) -> bool:
        place = self.places.get(row.get("location_id"))
        return place is not None and place.get("kind") in needs.LEISURE

    def at_locations(self, services: Mapping[str, Service], locations: Mapping[str, Location]) -> Iterator[AtLocation]:
        """Every service at its places; one without any is had by phone."""
        placed = set()
        links = {name: self.hung(name) for name in ("phone", "schedule", "language")}
        owners = {key: service.organization_id or "" for key, service in services.items()}
        for row in self.whole("service_at_location"):
            service, place = row.get("service_id"), row.get("location_id")
            if service not in services:
                self.tell(row, "service_id", "is no service of this feed; left out")
            elif place and place not in locations:
                self.tell(row, "location_id", "is no location of this feed; left out")
            else:
                placed.add(service)
                chain = [("service_at_location_id", row.get("id")), ("service_id", service), ("location_id", place)]
                yield self.at_location(row.get("id"), service, place or None, [*chain, ("organization_id", owners[service])], links)
        for key in (each for each in services if each not in placed):
            chain = [("service_id", key), ("organization_id", owners[key])]
            yield self.at_location(f"{key} by phone", key, None, chain, links)

    def at_location(
        self, key: str, service: str, place: str | None, chain: list[tuple[str, str]], links: Mapping[str, Links]
    ) -> AtLocation:
        """What is said nearest to the place counts first: of the two together, of the service, of the place, of the organization."""

        def said(table: str) -> list[list[Row]]:
            return [links[table].get(f"{column} {value}", []) for column, value in chain if value]

        phones = self.phones([row for rows in said("phone") for row in rows])
        schedules = self.schedules(next((rows for rows in said("schedule") if rows), []))
        return AtLocation(key, service, place, phones, schedules, _spoken([row for rows in said("language") for row in rows]))

    def phones(self, rows: list[Row]) -> tuple[Phone, ...]:
        found: dict[Phone, None] = {}
        for row in rows:
            kind = row.get("type").casefold() or "voice"
            if kind in _FAX:
                continue
            numbers = repair.numbers(row.get("number"), row.get("extension"), kind)
            if numbers.doubtful:
                self.tell(row, "number", _DOUBT[bool(numbers.phones)])
            found.update(dict.fromkeys(numbers.phones))
        return tuple(sorted(found, key=lambda phone: phone.type in _NOT_FIRST)[:_MOST_PHONES])

    def schedules(self, rows: list[Row]) -> tuple[Schedule, ...]:
        read = [each for row in rows for each in self.schedule(row)]
        rules = hours.merged([each for each in read if each.byday])
        return rules + tuple(dict.fromkeys(each for each in read if not each.byday))

    def schedule(self, row: Row) -> tuple[Schedule, ...]:
        words = repair.clean(row.get("description"))
        if row.get("byday") and row.get("opens_at"):
            with suppress(hours.Unsure):
                return (_rule(row),)
            if not words:
                self.tell(row, "byday", "is no weekly or n-th weekday rule that opens before it closes; please describe it in words")
            return (Schedule(description=words),) if words else ()
        return hours.read(words) if words else ()

    def whole(self, table: str) -> Iterator[Row]:
        """The rows that have an id, each id once."""
        seen = set()
        for row in self.tables[table]:
            key = row.get("id") or (f"{row.get('service_id')} {row.get('location_id')}" if table == "service_at_location" else "")
            if not key:
                self.tell(row, "id", "is missing; left out")
            elif len(key) > _LONGEST_ID:
                self.tell(row, "id", f"is longer than {_LONGEST_ID} characters; left out")
            elif key in seen:
                self.tell(row, "id", "is there twice; the first one counts")
            else:
                seen.add(key)
                yield row if row.get("id") else Row(row.file, row.number, {**row.values, "id": key})

    def linked(self, table: str, column: str) -> Links:
        links = defaultdict(list)
        for row in self.tables[table]:
            links[row.get(column)].append(row)
        return links

    def hung(self, table: str) -> Links:
        """Rows under each thing they hang on ("service_id 7"); what hangs on a contact person only is nobody's business."""
        links = defaultdict(list)
        for row in self.tables[table]:
            for column in ("service_at_location_id", "service_id", "location_id", "organization_id"):
                if row.get(column):
                    links[f"{column} {row.get(column)}"].append(row)
        return links

    def tell(self, row: Row, column: str, remedy: str) -> None:
        issue = row.issue(column, remedy)
        if issue not in self.told:
            self.told.add(issue)
            self.issues.append(issue)


_COST = re.compile(r"\$|\b(?:free|cost|costs|fee|fees|donation|donations|charge|sliding|pay)\b", re.IGNORECASE)
_OFFICE = {"office", "offices", "branch", "site", "campus", "service", "services", "headquarters"}
_OF_SERVICE = {"attribute": "link_id", "required_document": "service_id", "translation": "service_id"}


def _term(row: Row, terms: Mapping[str, Row], taxonomies: Mapping[str, str]) -> tuple[str, str, str]:
    """Taxonomy, code and name of what an attribute points to, or says itself."""
    term = terms.get(row.get("taxonomy_term_id"))
    if term is None:
        return row.get("taxonomy"), row.get("code") or row.get("taxonomy_term_id"), row.get("name")
    return taxonomies.get(term.get("taxonomy_id"), "") or term.get("taxonomy"), term.get("code"), term.get("name")


def _rule(row: Row) -> Schedule:
    """A rule that holds every week or every month, without end; raises `hours.Unsure`."""
    if row.get("valid_to", "until", "count", "bymonthday", "byweekno", "byyearday") or row.get("interval") not in {"", "1"}:
        raise hours.Unsure
    return hours.rule(row.get("byday"), row.get("opens_at"), row.get("closes_at"))


def _note(row: Row, documents: list[Row]) -> str:
    """What the source has put in one line for us, else who may come, what it costs and what to bring."""
    if row.get("note"):
        return repair.sentence(row.get("note"))
    papers = repair.sentence(*(each.get("document") for each in documents))
    cost = row.get("fees_description")
    labelled = cost if not cost or _COST.search(cost) else f"Cost: {cost}"
    return repair.sentence(papers and f"Bring: {papers}", row.get("eligibility_description"), labelled if repair.says(cost) else "")


def _says_little(name: str, whose: str) -> bool:
    """Whether a name ("Palo Alto Office") needs its organization's to be recognised."""
    words = fold(name).split()
    return len(words) <= _SHORT_NAME and words[-1:] != [] and words[-1] in _OFFICE and fold(name) not in fold(whose)


def _translation(row: Row) -> Translation:
    return Translation(row.get("language"), *(repair.clean(row.get(name)) for name in ("name", "description", "note")))


def _spoken(rows: list[Row]) -> tuple[Language, ...]:
    found = (language(row.get("code", "language"), repair.clean(row.get("name"))) for row in rows)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _first_sentence(text: str) -> str:
    return repair.clean(text).split(". ", 1)[0]
