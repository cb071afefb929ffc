from __future__ import annotations

import tomllib
from itertools import combinations
from math import inf
from pathlib import Path

import pytest

import station
from station.lights import TONE
from station.patterns import DARK, Lights, Pattern, PatternError, Patterns, load, too_alike
from station.rhythms import Rhythm, alike, in_words
from station.signals import RESTING, Reason, Shown, Signal

GREEN = Lights(green=True)
RED = Lights(red=True)

SHIPPED = load()
SHIPPED_FILE = Path(station.__file__).parent.parent / "config" / "signals.toml"


Steps = tuple[int, ...]


def once(
    green: Steps = (), amber: Steps = (), red: Steps = (), buzzer: Steps = (), tones: tuple[str, ...] = ()
) -> Pattern:
    every = max(sum(steps) for steps in (green, amber, red, buzzer))
    return Pattern(every=every, green=green, amber=amber, red=red, buzzer=buzzer, tones=tones)


def loop(every: int, green: Steps = (), amber: Steps = (), red: Steps = ()) -> Pattern:
    return Pattern(every=every, times=None, green=green, amber=amber, red=red)


def pair(one: Pattern, other: Pattern) -> Patterns:
    return Patterns({"one": one, "other": other}, {})


def problems_in(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "signals.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PatternError) as caught:
        load(path)
    assert str(caught.value) == "\n".join(f"{path}: {problem}" for problem in caught.value.problems)
    return caught.value.problems


# What is shipped


def test_every_signal_has_a_pattern_and_nothing_else_does() -> None:
    groups = {"refused.you", "refused.book", "refused.station"}
    assert set(SHIPPED.by_name) == set(Signal) - {Signal.REFUSED} | groups


def test_refusals_are_grouped_by_whom_they_concern() -> None:
    groups = {
        name: {reason for reason in Reason if SHIPPED.groups[reason] == name}
        for name in ("refused.you", "refused.book", "refused.station")
    }
    assert groups == {
        "refused.you": {
            "reader_blocked",
            "reader_expired",
            "loan_limit",
            "overdue",
            "pin_wrong",
            "not_staff",
        },
        "refused.book": {
            *("renewal_limit", "on_hold", "reference_only", "withdrawn", "on_loan", "not_on_loan"),
            *("wrong_kind", "nothing_to_undo"),
        },
        "refused.station": {"degraded", "not_configured"},
    }


def test_no_two_signals_are_alike_to_the_eye() -> None:
    assert too_alike(SHIPPED, "eye") == []


def test_no_two_signals_are_alike_to_the_ear() -> None:
    assert too_alike(SHIPPED, "ear") == []


def test_resting_signals_are_silent_and_all_others_sound() -> None:
    silent = {name for name, pattern in SHIPPED.by_name.items() if not pattern.sound().beats}
    assert silent == RESTING


def test_resting_signals_begin_dark_so_that_they_do_not_run_into_what_was_before() -> None:
    assert [SHIPPED.by_name[name].state_at(0.5) for name in sorted(RESTING)] == [DARK] * 4


def test_what_readers_wait_for_is_said_within_two_seconds() -> None:
    stays_lit = {"card_first", "pin", "identify"}
    long = {name for name, pattern in SHIPPED.by_name.items() if 2 < pattern.duration < inf}
    assert long == stays_lit
    assert SHIPPED.by_name["borrowed"].duration < 1


def lamps_of(name: str) -> set[str]:
    return {lamp for lamp in ("green", "amber", "red") if getattr(SHIPPED.by_name[name], lamp)}


@pytest.mark.parametrize(
    "name", ["borrowed", "renewed", "returned", "admitted", "added", "done_ok", "undone"]
)
def test_green_alone_means_done(name: str) -> None:
    assert lamps_of(name) == {"green"}


@pytest.mark.parametrize("name", ["card_first", "pin", "pending", "mode"])
def test_amber_alone_means_that_something_is_awaited(name: str) -> None:
    assert lamps_of(name) == {"amber"}


@pytest.mark.parametrize("name", ["unknown", "refused.you", "refused.book", "refused.station", "fault"])
def test_red_alone_means_no(name: str) -> None:
    assert lamps_of(name) == {"red"}


def test_the_station_shows_all_its_lamps_when_it_starts() -> None:
    assert lamps_of("starting") == {"green", "amber", "red"}


# Finding a pattern


def test_a_signal_is_shown_by_its_pattern() -> None:
    assert SHIPPED.of(Shown(Signal.BORROWED)) is SHIPPED.by_name["borrowed"]


@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_is_shown_by_its_group(reason: Reason) -> None:
    shown = Shown(Signal.REFUSED, reason)
    assert SHIPPED.of(shown) is SHIPPED.by_name[SHIPPED.groups[reason]]


def test_a_refusal_without_a_reason_is_a_refusal_still() -> None:
    assert SHIPPED.of(Shown(Signal.REFUSED)) in [SHIPPED.by_name[name] for name in SHIPPED.groups.values()]


# A pattern over time


def test_a_signal_that_is_shown_in_silence_is_the_same_to_the_eye() -> None:
    loud, silent = (load().of(Shown(Signal.FAULT, silent=silent)) for silent in (False, True))
    assert (silent.lamps(), silent.duration) == (loud.lamps(), loud.duration)
    assert (len(loud.sound().beats), silent.sound().beats) == (10, ())


def test_a_list_goes_on_and_off_in_turn() -> None:
    assert once(green=(200, 100, 300)).changes() == [(0.0, GREEN), (0.2, DARK), (0.3, GREEN), (0.6, DARK)]


def test_a_list_that_begins_with_zero_begins_with_a_pause() -> None:
    assert once(red=(0, 500, 100)).changes() == [(0.0, DARK), (0.5, RED), (0.6, DARK)]


def test_lamps_and_buzzer_change_together_at_one_moment() -> None:
    pattern = once(green=(100,), red=(0, 100, 100), buzzer=(200,))
    assert pattern.changes() == [
        (0.0, Lights(green=True, buzzer=TONE)),
        (0.1, Lights(red=True, buzzer=TONE)),
        (0.2, DARK),
    ]


def test_a_pattern_is_repeated_as_often_as_it_says() -> None:
    pattern = Pattern(every=500, times=2, green=(100,))
    assert pattern.changes() == [(0.0, GREEN), (0.1, DARK), (0.5, GREEN), (0.6, DARK)]
    assert pattern.duration == 1.0


def test_each_beep_has_its_note_in_every_round() -> None:
    pattern = Pattern(every=400, times=2, buzzer=(0, 100, 50, 50, 50), tones=("C6", "E6"))
    assert [lights.buzzer for _, lights in pattern.changes()] == [None, "C6", None, "E6"] * 2 + [None]


def test_one_note_is_the_note_of_all_beeps() -> None:
    pattern = once(buzzer=(50, 50, 50), tones=("A5",))
    assert [lights.buzzer for _, lights in pattern.changes()] == ["A5", None, "A5", None]


def test_a_pattern_is_dark_when_it_is_over() -> None:
    assert [once(green=(200,)).state_at(t) for t in (0.0, 0.199, 0.2, 7.0)] == [GREEN, GREEN, DARK, DARK]


def test_a_loop_is_the_same_in_every_round() -> None:
    pattern = loop(1000, green=(0, 700, 100))
    assert [pattern.state_at(hour * 3600 + 0.75) for hour in range(100)] == [GREEN] * 100
    assert [pattern.state_at(hour * 3600 + 0.85) for hour in range(100)] == [DARK] * 100
    assert pattern.duration == inf


def times_of_changes(pattern: Pattern, until: float) -> list[float]:
    times, t = [], 0.0
    while (t := pattern.next_change(t)) < until:
        times.append(round(t, 6))
    return times


def test_the_next_change_of_a_loop_goes_round() -> None:
    assert times_of_changes(loop(1000, green=(0, 700, 100)), 2.75) == [0.7, 0.8, 1.7, 1.8, 2.7]


def test_a_loop_that_is_lit_across_its_end_does_not_change_there() -> None:
    assert times_of_changes(loop(1000, green=(200, 300, 500)), 2.0) == [0.2, 0.5, 1.2, 1.5]


def test_a_loop_that_begins_with_its_lamp_changes_at_its_end() -> None:
    assert times_of_changes(loop(1000, green=(200,)), 2.5) == [0.2, 1.0, 1.2, 2.0, 2.2]


def test_a_steady_loop_never_changes() -> None:
    assert loop(1000, green=(1000,)).next_change(0.0) == inf
    assert Pattern(every=1000, times=None).next_change(0.0) == inf


def test_the_end_of_a_pattern_is_a_change_though_it_be_dark_by_then() -> None:
    pattern = Pattern(every=1000, green=(200,))
    assert [pattern.next_change(t) for t in (0.0, 0.2, 0.5)] == [0.2, 1.0, 1.0]


# Who can be told from whom


def test_patterns_that_differ_in_colour_alone_are_alike() -> None:
    patterns = pair(once(green=(100, 100, 400)), once(red=(100,), amber=(0, 200, 400)))
    assert too_alike(patterns) == [("one", "other")]


def test_sounds_that_differ_in_notes_alone_are_alike() -> None:
    patterns = pair(once(buzzer=(100,), tones=("C5",)), once(buzzer=(100,), tones=("C7",)))
    assert too_alike(patterns, "ear") == [("one", "other")]


def test_lamps_may_be_alike_where_sounds_differ_and_the_reverse() -> None:
    patterns = pair(once(green=(100,), buzzer=(100,)), once(green=(100,), buzzer=(400,)))
    assert (too_alike(patterns, "eye"), too_alike(patterns, "ear")) == ([("one", "other")], [])


def test_two_silent_passing_signals_are_alike_but_two_silent_resting_ones_are_not() -> None:
    silent = once(green=(100,))
    assert too_alike(pair(silent, silent), "ear") == [("one", "other")]
    assert too_alike(Patterns({"ready": silent, "offline": silent}, {}), "ear") == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([(100, 0)], [(100, 0)], True),
        ([(200, 0)], [(399, 0)], True),  # not twice as long
        ([(200, 0)], [(400, 0)], False),
        ([(40, 0)], [(139, 0)], True),  # short both
        ([(100, 100), (100, 0)], [(100, 400), (100, 0)], False),  # the pause
        ([(100, 100)], [(100, 900)], True),  # what comes after the last beat is no pause
        ([(100, 100), (400, 0)], [(400, 100), (100, 0)], False),  # the order
        ([(100, 100)] * 3, [(100, 100)] * 4, False),  # counted
        ([(100, 100)] * 4, [(100, 100)] * 5, True),  # not counted
        ([(100, 100)] * 4, [(100, 100)] * 6, False),  # half as many again
        ([(100, 100)] * 4, [(400, 100)] * 5, False),  # not counted, but heard
        ([], [], True),
        ([], [(100, 0)], False),
    ],
)
def test_rhythms_differ_by_lengths_that_are_heard_and_numbers_that_are_counted(
    one: list[tuple[int, int]], other: list[tuple[int, int]], expected: bool
) -> None:
    some, others = Rhythm(tuple(one)), Rhythm(tuple(other))
    assert [alike(some, others), alike(others, some)] == [expected, expected]


def test_a_loop_is_the_same_from_wherever_it_is_looked_at() -> None:
    one = loop(2000, green=(100, 100, 500))
    later = loop(2000, green=(0, 900, 100, 100, 500))
    split = loop(2000, green=(250, 1300, 100, 100, 250))
    turned = loop(2000, green=(500, 1300, 100))
    loops = {"one": one, "later": later, "split": split, "turned": turned}
    assert too_alike(Patterns(loops, {})) == list(combinations(loops, 2))


def test_loops_differ_by_the_pause_between_their_rounds() -> None:
    assert too_alike(pair(loop(1000, green=(100,)), loop(3000, green=(100,)))) == []


def test_a_loop_is_alike_to_itself_twice_over() -> None:
    assert too_alike(pair(loop(500, green=(100,)), loop(1000, green=(100, 400, 100)))) == [("one", "other")]


def test_a_passing_signal_that_a_loop_contains_is_alike_to_it() -> None:
    resting = loop(1000, green=(500,))
    contained, other = once(red=(500, 500, 500)), once(red=(500, 100, 500))
    assert too_alike(pair(resting, contained)) == [("one", "other")]
    assert too_alike(pair(contained, resting)) == [("one", "other")]
    assert too_alike(pair(resting, other)) == too_alike(pair(other, resting)) == []


def test_a_steady_lamp_is_alike_to_another_only() -> None:
    steady = loop(1000, green=(1000,))
    assert too_alike(pair(steady, loop(5000, red=(2000,), amber=(0, 2000, 3000)))) == [("one", "other")]
    assert too_alike(pair(steady, loop(1000, green=(900,)))) == []


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((100, 100, 400), "beep beeep"),
        ((100, 400, 1000), "beep … beeeeep"),
        ((80, 80) * 9 + (80,), "10 × beep"),
        ((), ""),
    ],
)
def test_a_sound_can_be_written_in_words(steps: tuple[int, ...], words: str) -> None:
    assert in_words(Pattern(every=2000, buzzer=steps).sound()) == words


# A library's own file


def test_a_library_may_change_one_signal_and_keep_the_others(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[borrowed]\ngreen = [1000]\nbuzzer = [50]\n", encoding="utf-8")
    own = load(path)
    assert own.by_name == {**SHIPPED.by_name, "borrowed": once(green=(1000,), buzzer=(50,))}
    assert own.groups == SHIPPED.groups


def test_a_changed_group_of_refusals_keeps_its_reasons(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[refused.you]\nred = [900]\n", encoding="utf-8")
    assert load(path).of(Shown(Signal.REFUSED, Reason.OVERDUE)) == once(red=(900,))


def test_a_reason_may_move_to_a_group_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[refused.limits]\nreasons = ["degraded", "not_configured"]\nred = [900]\n'
        "[refused.station]\nreasons = []\nred = [400]\n",
        encoding="utf-8",
    )
    assert load(path).of(Shown(Signal.REFUSED, Reason.DEGRADED)) == once(red=(900,))


def test_a_resting_signal_may_burn_steadily(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[ready]\ngreen = [1000]\nevery = 1000\n", encoding="utf-8")
    assert load(path).by_name["ready"] == loop(1000, green=(1000,))


STEPS_SAY = (
    "takes a list like [200, 100, 200]: whole milliseconds on, off, on …, "
    "each from 30 to 60000; only the first may be 0"
)


def test_all_mistakes_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = """
        zzz = "blue"
        seen = 3
        [borowed]
        green = [100]
        [borrowed]
        gren = [100]
        buzzer = [100, "x"]
        tones = ["H9"]
        [returned]
        green = [100, 0, 100]
        times = 0
        reasons = []
        [ready]
        green = [100, 400, 100]
        times = 3
        [offline]
        amber = [100]
        every = 300
        [fault]
        red = [29]
        [identify]
        green = [500]
        every = 400
        [stopping]
        buzzer = [100, 100, 100, 100, 100]
        tones = ["C5", "E5"]
        [staff]
        green = [100]
        every = 10001
        times = 3
        [refused]
        red = [400]
        [refused.you]
        reasons = ["reader_blocked", "reader_expired", "loan_limits", "overdue", "pin_wrong", "on_hold"]
        red = [400]
        [refused.bok]
        red = [400]
    """
    assert problems_in(tmp_path, text) == [
        "zzz: there is no such signal",
        "borowed: there is no such signal; did you mean borrowed?",
        "ready: every is missing: a resting signal starts again and again",
        "ready: times is not for a resting signal, which goes on until another comes",
        "offline: changes 2 times in 300 ms; a resting signal may do so twice a second",
        "borrowed: there is no key gren; did you mean green?",
        f"borrowed: buzzer {STEPS_SAY}",
        'borrowed: tones takes a list of notes from C4 to B7, like ["C6", "F#6"]',
        f"returned: green {STEPS_SAY}",
        "returned: times takes a whole number, from 1 to 100",
        "returned: reasons are for the groups of refused only",
        "staff: takes longer than 30 seconds",
        "seen: must be a table, with a line [seen] above its keys",
        f"fault: red {STEPS_SAY}",
        "stopping: no lamp is ever on, and not everybody hears",
        "stopping: tones takes one note, or one for each beep, of which there are 3",
        "identify: every is 400, but its longest list takes 500",
        "refused.red: must be a table, with a line [refused.red] above its keys"
        "; refused has groups, as in [refused.you]",
        "refused.you: there is no reason loan_limits; did you mean loan_limit?",
        "refused.book: on_hold is among the reasons of refused.you already",
        "refused.bok: names no reasons; did you mean refused.book?",
        "refused: no group has the reason loan_limit",
        "refused: no group has the reason not_staff",
    ]


@pytest.mark.parametrize("reasons", ["3", '[3, ["on_hold"]]', '"on_hold"'])
def test_reasons_of_a_wrong_type_are_a_mistake_too(tmp_path: Path, reasons: str) -> None:
    text = f"[refused.you]\nred = [400]\nreasons = {reasons}"
    said = problems_in(tmp_path, text)
    assert said[0] == 'refused.you: reasons takes a list of reasons, like ["on_hold"]'


def test_refused_without_groups_is_a_mistake(tmp_path: Path) -> None:
    assert problems_in(tmp_path, "refused = [400]") == ["refused: has groups, as in [refused.you]"]


def test_a_file_that_is_not_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (problem,) = problems_in(tmp_path, "[borrowed]\ngreen = 100, 200\n")
    assert problem.startswith("is not TOML: ")
    assert "line 2" in problem


def test_a_file_in_another_encoding_is_not_toml(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes("# für\n".encode("latin-1"))
    with pytest.raises(PatternError, match="is not TOML"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(PatternError) as caught:
        load(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


def test_an_installed_station_reads_the_file_in_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "station" / "_config"
    config.mkdir(parents=True)
    text = SHIPPED_FILE.read_text(encoding="utf-8").replace("red = [80]", "red = [90]")
    (config / "signals.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(station, "__file__", str(tmp_path / "station" / "__init__.py"))
    assert load().by_name["fault"].red == (90,)


def test_the_shipped_file_names_its_signals_in_words_too() -> None:
    """A librarian who edits it needs to know what each signal means."""
    lines = SHIPPED_FILE.read_text(encoding="utf-8").splitlines()
    tables = [line for line in lines if line.startswith("[")]
    assert [line for line in tables if "# " not in line] == []
    assert len(tables) == len(tomllib.loads("\n".join(lines))) - 1 + 3
