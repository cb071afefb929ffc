"""The report as one page that needs nothing beside itself: no network, no script, fit for a printer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from station.report import charts
from station.report.figures import Report
from station.report.text import uptime
from station.report.words import Words

STYLE = """
:root{--ink:#1d2733;--soft:#667281;--line:#e3e7ec;--lent:#1f7a5c;--back:#9ccfbb;--paper:#fff;--ground:#f4f6f8}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#97a3b0;--line:#303a45;--lent:#4fbf94;
--back:#2f6b55;--paper:#1a2129;--ground:#12171d}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:820px;margin:0 auto;padding:32px 20px}
h1{font-size:26px;margin:0}h2{font-size:17px;margin:0 0 12px}p{margin:4px 0;color:var(--soft)}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:20px;margin-top:16px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(98px,1fr));gap:10px;margin-top:16px}
.tiles div{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
.tiles b{display:block;font-size:24px;line-height:1.2}.tiles span{color:var(--soft);font-size:13px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}
@media(max-width:640px){.pair{grid-template-columns:1fr}}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:500;color:var(--soft);font-size:13px}
td,th{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.number{text-align:right;padding-right:0;font-variant-numeric:tabular-nums;white-space:nowrap}
tr:last-child td{border-bottom:0}
.share{width:30%}.share i{display:block;height:10px;border-radius:3px;background:var(--lent)}
svg{max-width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:12px}
.lent{fill:var(--lent)}.back{fill:var(--back)}.grid{stroke:var(--line)}
.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 6px 0 12px}
@media print{body{background:#fff}section,.tiles div{break-inside:avoid}}
"""


def page(report: Report, words: Words) -> str:
    """HTML 5. Whatever the library's titles hold is text in it."""
    name = escape(f"{report.library} · {words('report')}")
    sections = "".join(_sections(report, words))
    language = "zh-CN" if words.language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(report.library)}</h1>"
        f"<p>{words('report')} {report.first} – {report.last}</p>{_tiles(report, words)}{sections}"
        f"<p>{escape(uptime(report, words))}</p><p>{words('privacy')}</p></main></body></html>\n"
    )


def _tiles(report: Report, words: Words) -> str:
    counts = [(report.total(each), each) for each in ("borrowed", "returned", "renewed")]
    counts += [(report.readers.active, "active"), (report.stock.on_loan, "on_loan")]
    counts += [(report.late, "overdue_now"), (report.exceptions, "exceptions")]
    tiles = "".join(f"<div><b>{count}</b><span>{words(name)}</span></div>" for count, name in counts)
    return f'<div class="tiles">{tiles}</div>'


def _sections(report: Report, words: Words) -> Iterable[str]:
    if report.total("borrowed") or report.total("returned"):
        yield _section(words("days"), charts.days(report, words) + _key(words))
    if report.total("borrowed") > 0:
        yield _section(words("hours"), charts.hours(report, words))
        yield _section(words("popular"), _popular(report, words))
    else:
        yield f"<section><p>{words('no_loans')}</p></section>"
    yield _section(words("overdue"), _overdue(report, words))
    yield _section(words("idle", days=report.idle_days), _idle(report, words))
    yield '<div class="pair">'
    yield _section(words("readers"), _readers(report, words))
    yield _section(words("stock"), _counts(report.stock.by_status, "copies", words))
    yield "</div>"


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{heading}</h2>{body}</section>"


def _key(words: Words) -> str:
    named = ((words("borrowed"), "--lent"), (words("returned"), "--back"))
    boxes = "".join(f'<i style="background:var({colour})"></i>{name}' for name, colour in named)
    return f'<p class="key">{boxes}</p>'


def _popular(report: Report, words: Words) -> str:
    most = max(each.loans for each in report.popular)
    rows = "".join(
        f"<tr><td>{_book(each.title, each.book)}</td>"
        f'<td class="share"><i style="width:{100 * each.loans / most:.0f}%"></i></td>'
        f'<td class="number">{each.loans}</td></tr>'
        for each in report.popular
    )
    return f"<table>{rows}</table>"


def _book(title: str | None, number: str) -> str:
    return f"{escape(title)} <small>{escape(number)}</small>" if title else escape(number)


def _overdue(report: Report, words: Words) -> str:
    rows = [(_book(each.title, each.item), str(each.due), str(each.days)) for each in report.overdue]
    return _table([words("title"), words("due"), words("late")], rows, words)


def _idle(report: Report, words: Words) -> str:
    rows = [(_book(each.title, each.item), str(each.last or words("never"))) for each in report.idle]
    return _table([words("title"), words("last")], rows, words)


def _readers(report: Report, words: Words) -> str:
    bands = [(name, str(count)) for name, count in report.readers.borrowing.items()]
    by_status = _counts(report.readers.by_status, "count", words)
    return by_status + "<br>" + _table([words("books_each"), words("count")], bands, words)


def _counts(counts: dict[str, int], what: str, words: Words) -> str:
    rows = [(escape(words.status(name)), str(count)) for name, count in counts.items()]
    return _table([words("status"), words(what)], rows, words)


def _table(columns: list[str], rows: Sequence[Sequence[str]], words: Words) -> str:
    """The first column is HTML; the others hold what stands at the right edge."""
    if not rows:
        return f"<p>{words('nothing')}</p>"
    head = "".join(f"<th{_right(index)}>{name}</th>" for index, name in enumerate(columns))
    body = "".join(
        "<tr>" + "".join(f"<td{_right(index)}>{cell}</td>" for index, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _right(index: int) -> str:
    return ' class="number"' if index else ""
