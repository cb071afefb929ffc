"""What is printed in so many words, in English and in Chinese."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Language = Literal["both", "en", "zh"]


class Words(Struct, frozen=True):
    en: str
    zh: str

    def lines(self, language: Language) -> list[str]:
        """The text, or both one after the other."""
        return {"en": [self.en], "zh": [self.zh], "both": [self.en, self.zh]}[language]

    def filled(self, **values: str) -> Words:
        """With `values` in place of the names in braces."""
        return Words(self.en.format(**values), self.zh.format(**values))

    def line(self, language: Language, between: str = "  ") -> str:
        return between.join(self.lines(language))


RULE = Words("With a card you keep, without a card you give back.", "带卡是借，不带卡是还。")
READER_CARD = Words("Reader's card", "读者卡")
STAFF_CARD = Words("Staff card", "管理员卡")
STAFF_RULE = Words(
    "Opens a staff session for the command codes. Keep it safe.",
    "扫描后进入管理员模式，命令条码随即可用。请妥善保管。",
)
FOUND = Words("Found this card?", "拾到请联系：")
EVERYONE = Words("for everyone", "人人可用")
STAFF = Words("staff only", "管理员专用")
COMMANDS = Words("Command codes", "命令条码")
COMMANDS_HOW = Words(
    "Staff: scan the staff card, a command, then its books or cards. DONE ends it.",
    "管理员：先扫管理员卡，再扫命令，然后扫书或卡；扫 DONE 结束。",
)
TEST = Words("Test codes", "测试条码")
TEST_HOW = Words(
    "Scan the staff card, the command TEST, and then each of these codes. Green: the scanner's layout and"
    " suffix are set right. Red: it types something else than is printed here; set its layout in"
    " station.toml, or the scanner itself, and scan again. DONE ends the test.",
    "依次扫描管理员卡、TEST 命令和下面每个条码。绿灯：扫码枪的键盘布局和后缀设置正确。"
    "红灯：扫码枪输入的内容与此处所印不同；请修改 station.toml 里的 layout 或扫码枪的设置，"
    "再扫一次。扫 DONE 结束测试。",
)
TEST_WHOLE = Words(
    "For cameras and 2D scanners: all of them in one.", "摄像头和二维扫码枪：一码包含以上全部。"
)
LEGEND = Words("What the lamps and the buzzer say", "灯光与声音图例")
LEGEND_HOW = Words(
    "A strip shows the lamps and, below, the notes of the buzzer. Between two grey lines lies a second.",
    "每条图示上方为灯光，下方为蜂鸣音高低；相邻两条灰线之间为一秒。",
)

MEANINGS = {
    "DONE": Words(
        "Ends what is open: the command, or the reader's session.", "结束当前命令，或结束本次借还。"
    ),
    "UNDO": Words(
        "Takes back your last loan, renewal or return, once.", "撤销刚才的借出、续借或归还，仅一次。"
    ),
    "ADD": Words(
        "New books: scan the ISBN, then the label of each copy.", "新书入库：先扫 ISBN，再扫每册的标签。"
    ),
    "ADMIT": Words(
        "New readers: scan each card that may borrow from now on.", "准入读者：扫描每张从此可以借书的卡。"
    ),
    "REJECT": Words("Turns down an application: scan the card.", "拒绝申请：扫描该读者卡。"),
    "BLOCK": Words("Blocks a card: it can return books and borrow none.", "停用读者卡：只能还书，不能借书。"),
    "UNBLOCK": Words("Lets a blocked card borrow again.", "恢复被停用的读者卡。"),
    "LOST": Words("Marks a book as lost: scan its label or ISBN.", "登记遗失：扫描书的标签或 ISBN。"),
    "FOUND": Words("Marks a lost book as found: scan its label.", "登记找回：扫描遗失图书的标签。"),
    "WITHDRAW": Words(
        "Takes a book out of lending for good: scan its label.", "图书下架，不再外借：扫描书的标签。"
    ),
    "COUNT": Words(
        "Stocktake: scan the shelf's name, then all its books; DONE.",
        "盘点：扫书架名，再扫架上所有书，最后扫 DONE。",
    ),
    "OVERRIDE": Words(
        "Lets the next loan or renewal pass, whatever refuses it.", "放行：下一次借出或续借不会被拒绝。"
    ),
    "TEST": Words("Checks the scanner: then scan the test codes.", "检查扫码枪：随后扫描测试条码。"),
    "STATUS": Words(
        "Amber: something waits for staff. Green: nothing does.", "黄灯：有事待处理；绿灯：没有待办事项。"
    ),
    "RESTART": Words(
        "Starts the station's program anew. Loans are kept.", "重新启动站点程序，借阅记录不受影响。"
    ),
    "SHUTDOWN": Words(
        "Switches the station off. Then you may pull the plug.", "关闭站点；灯灭之后可以拔电源。"
    ),
}
"""What each command does."""
