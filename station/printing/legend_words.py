"""What each signal means, for those who stand at the shelf, in English and in Chinese."""

from __future__ import annotations

from station.printing.words import Words
from station.signals import Reason, Signal

GROUPS: dict[Words, tuple[Signal, ...]] = {
    Words("At rest", "平时"): (Signal.READY, Signal.OFFLINE, Signal.DEGRADED, Signal.LOCKED),
    Words("For readers", "读者"): (
        Signal.WELCOME,
        Signal.BORROWED,
        Signal.RENEWED,
        Signal.RETURNED,
        Signal.RETURNED_HOLD,
        Signal.CARD_FIRST,
        Signal.PIN,
        Signal.PENDING,
        Signal.UNDONE,
        Signal.GOODBYE,
    ),
    Words("No", "不行"): (Signal.UNKNOWN, Signal.REFUSED),
    Words("For staff", "管理员"): (
        Signal.STAFF,
        Signal.MODE,
        Signal.ADMITTED,
        Signal.ADDED,
        Signal.SEEN,
        Signal.DONE_OK,
    ),
    Words("The station itself", "站点自身"): (
        Signal.FAULT,
        Signal.STARTING,
        Signal.STOPPING,
        Signal.IDENTIFY,
    ),
}

SIGNALS = {
    Signal.READY: Words("Scan your card, or a book that comes back.", "就绪：请扫读者卡，或扫要还的书。"),
    Signal.OFFLINE: Words("No connection. Lending goes on.", "网络不通，借还照常。"),
    Signal.DEGRADED: Words("No connection for long: returns only.", "断网过久，只能还书。"),
    Signal.LOCKED: Words("This station has no library yet.", "站点尚未加入图书馆。"),
    Signal.WELCOME: Words("Your card is known. Now scan your books.", "欢迎，请扫要借的书。"),
    Signal.BORROWED: Words("The book is yours.", "已借出。"),
    Signal.RENEWED: Words("You may keep the book for longer.", "已续借。"),
    Signal.RETURNED: Words("The book is back. Thank you.", "已归还，谢谢。"),
    Signal.RETURNED_HOLD: Words(
        "It is back, and somebody waits for it: put it aside.", "已归还；有人预约，请另放一处。"
    ),
    Signal.CARD_FIRST: Words("Now scan your card.", "请再扫卡。"),
    Signal.PIN: Words("Type your PIN, then ENTER.", "请输入密码，再按回车。"),
    Signal.PENDING: Words("Noted: staff will see to it.", "已登记，等管理员处理。"),
    Signal.UNDONE: Words("The last step is taken back.", "已撤销上一步。"),
    Signal.GOODBYE: Words("Done. The next reader may begin.", "再见，下一位可以开始。"),
    Signal.UNKNOWN: Words("Nobody here knows this code.", "不认识这个条码。"),
    Signal.REFUSED: Words("Sorry, no.", "抱歉，不行。"),
    Signal.STAFF: Words("A staff session is open.", "已进入管理员模式。"),
    Signal.MODE: Words("Now scan what the command is for.", "请扫命令所针对的书或卡。"),
    Signal.ADMITTED: Words("This card may borrow now.", "该卡现在可以借书。"),
    Signal.ADDED: Words("A new book is in the catalogue.", "新书已入库。"),
    Signal.SEEN: Words("Counted.", "已盘点。"),
    Signal.DONE_OK: Words("The change took.", "操作成功。"),
    Signal.FAULT: Words("Something is broken; the scan did nothing.", "设备故障，本次扫描无效。"),
    Signal.STARTING: Words("The station starts. Every lamp lights up once.", "正在启动，所有灯亮一次。"),
    Signal.STOPPING: Words("The station stops.", "正在停止。"),
    Signal.IDENTIFY: Words("Here I am: somebody looks for this station.", "我在这里：有人在找这个站点。"),
}

REFUSALS = {
    "you": Words("it is you", "与读者有关"),
    "book": Words("it is this book or code", "与这本书有关"),
    "station": Words("it is the station", "与站点有关"),
}
"""The groups of the shipped patterns; a library's own are shown by their names."""

REASONS = {
    Reason.READER_BLOCKED: Words("card blocked", "卡已停用"),
    Reason.READER_EXPIRED: Words("card expired", "卡已过期"),
    Reason.LOAN_LIMIT: Words("limit reached", "借满"),
    Reason.OVERDUE: Words("a book overdue", "有书逾期"),
    Reason.PIN_WRONG: Words("wrong PIN", "密码错误"),
    Reason.NOT_STAFF: Words("staff only", "仅限管理员"),
    Reason.RENEWAL_LIMIT: Words("no more renewals", "不能再续借"),
    Reason.ON_HOLD: Words("on hold for another", "已被预约"),
    Reason.REFERENCE_ONLY: Words("for reading here", "仅供馆内阅览"),
    Reason.WITHDRAWN: Words("withdrawn", "已下架"),
    Reason.ON_LOAN: Words("on loan to another", "他人借阅中"),
    Reason.NOT_ON_LOAN: Words("not on loan", "未借出"),
    Reason.WRONG_KIND: Words("wrong kind of code", "条码种类不对"),
    Reason.NOTHING_TO_UNDO: Words("nothing to undo", "没有可撤销的"),
    Reason.DEGRADED: Words("returns only for now", "暂时只能还书"),
    Reason.NOT_CONFIGURED: Words("no library yet", "尚未加入图书馆"),
}
