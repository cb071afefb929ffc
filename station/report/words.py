"""The report's words, in English and in Chinese."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

WORDS: dict[str, tuple[str, str]] = {
    "report": ("Report", "报告"),
    "station": ("station", "站点"),
    "borrowed": ("lent", "借出"),
    "returned": ("returned", "归还"),
    "renewed": ("renewed", "续借"),
    "active": ("readers who borrowed", "借书的读者"),
    "on_loan": ("on loan now", "目前借出"),
    "overdue_now": ("overdue now", "目前逾期"),
    "exceptions": ("exceptions open", "待处理异常"),
    "days": ("Loans a day", "每日借还"),
    "hours": ("When books are lent", "借书时段"),
    "popular": ("Popular titles", "热门图书"),
    "overdue": ("Overdue", "逾期图书"),
    "idle": ("Not lent for {days} days", "{days} 天未借出"),
    "readers": ("Readers", "读者"),
    "stock": ("Stock", "馆藏"),
    "uptime": ("Station", "站点运行"),
    "book": ("book", "图书"),
    "copy": ("copy", "册"),
    "title": ("title", "书名"),
    "loans": ("loans", "借阅次数"),
    "due": ("due", "应还日期"),
    "late": ("days late", "逾期天数"),
    "last": ("last lent", "最近借出"),
    "never": ("never", "从未"),
    "books_each": ("books each", "人均借书"),
    "count": ("readers", "人数"),
    "status": ("status", "状态"),
    "copies": ("copies", "册数"),
    "in_service": ("in service {share} of the time since its first start", "自首次启动以来在线 {share}"),
    "starts": ("starts", "启动"),
    "cuts": ("of them after a power cut", "其中断电后"),
    "not_running": ("the station did not run in this time", "此期间站点未运行"),
    "nothing": ("nothing", "无"),
    "no_loans": ("Nothing was lent in this time.", "此期间没有借阅。"),
    "privacy": ("No reader is named here: readers are counts only.", "本报告不含读者姓名，只含人数。"),
    "applied": ("applied", "待审核"),
    "blocked": ("blocked", "已停用"),
    "expired": ("expired", "已过期"),
    "active_card": ("active", "有效"),
    "available": ("for lending", "可借"),
    "reference": ("for reading here", "馆内阅览"),
    "lost": ("lost", "遗失"),
    "withdrawn": ("withdrawn", "已剔除"),
    "weekdays": ("Mon Tue Wed Thu Fri Sat Sun", "周一 周二 周三 周四 周五 周六 周日"),
}
LANGUAGES = ("en", "zh")


class Words(Struct, frozen=True):
    language: str

    def __call__(self, name: str, **values: object) -> str:
        return WORDS[name][LANGUAGES.index(self.language)].format(**values)

    def status(self, name: str) -> str:
        """`active` is said of a card and of a reader who borrows."""
        key = "active_card" if name == "active" else name
        return self(key) if key in WORDS else name


def of_the_system(environment: Mapping[str, str] = os.environ) -> str:
    """Chinese where the system's locale is, English elsewhere."""
    found = (environment.get(each) for each in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, found), "").startswith("zh") else "en"
