"""The words of a made-up report: sentences that agree with its tables, and enough of them to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.law import GOVERNMENTS
from storage.records import AgencyKind

if TYPE_CHECKING:
    from random import Random


class Totals(NamedTuple):
    """The sums that the narrative speaks of, as the tables give them."""

    received: int
    carried_over: int
    handled: int
    carried_forward: int
    fee_unpaid: int
    reviews: int
    litigation: int


_SELF_NAMES = {
    AgencyKind.STATE_COUNCIL_DEPARTMENT: "我部门",
    AgencyKind.LOCAL_DEPARTMENT: "我单位",
    AgencyKind.VERTICAL_AGENCY: "我局",
    AgencyKind.AUTHORISED_ORGANISATION: "本机构",
    AgencyKind.PROVINCE_GOVERNMENT: "全省",
    AgencyKind.CITY_GOVERNMENT: "全市",
    AgencyKind.COUNTY_GOVERNMENT: "全县",
    AgencyKind.TOWNSHIP_GOVERNMENT: "我镇",
    AgencyKind.STREET_OFFICE: "本街道",
    AgencyKind.DEVELOPMENT_ZONE: "开发区",
}
_REPORTS_ON_ASSESSMENT = GOVERNMENTS | {AgencyKind.TOWNSHIP_GOVERNMENT}

_DISCLOSURE = (
    "{own}围绕群众办事的高频需求，把权责清单、办事流程和收费依据集中到一个页面展示。",
    "{own}按季度对照目录逐项清点栏目内容，缺项当月补齐，错项当日更正。",
    "新增民生实事项目进展专题，每月更新工程节点，附上责任科室和联络电话。",
    "预算、决算和专项资金去向按规定期限挂网，表格同时提供可编辑版本。",
    "会议纪要中可以公布的内容摘出要点，会后五个工作日内上网。",
    "招录、拆迁补偿、救助名单等事项实行事前预告和事后公示两次发布。",
    "对已经失效的旧文件加注说明，避免读者误引。",
)
_MANAGEMENT = (
    "文件起草时同步填写公开属性，拿不准的由法制人员和保密人员一起会商。",
    "发布前由经办人、科室负责人和分管领导依次签字，留存纸质底稿备查。",
    "{own}把历年文件重新编号归档，补录电子目录，方便检索。",
    "十月份组织了一轮自查，删去重复条目，并对含有个人信息的旧页面作了遮盖处理。",
    "建立信息台账，记录每一条内容的来源、审核人和上线时间。",
    "涉及多个科室的内容由牵头科室统一口径后再行发布。",
)
_PLATFORM = (
    "网站栏目按统一规范调整名称和顺序，手机端页面同步改版。",
    "服务大厅设置查阅角，配备自助终端一台，并安排专人引导。",
    "政务新媒体账号坚持每个工作日更新，留言一般在两天内答复。",
    "与县级融媒体平台共享稿件，重要政策以短视频形式再作讲解。",
    "在村社区公示栏张贴季度信息摘要，照顾不便上网的老年居民。",
    "改进站内搜索功能，支持按文号和年份查找。",
)
_SUPERVISION = (
    "分管领导每季度听取一次汇报，对进度落后的科室当面提醒。",
    "全年举办业务讲座两期，邀请法律顾问讲解答复文书的写法。",
    "将公开任务写入科室年度目标，年底由办公室逐条打分。",
    "接受主管部门抽查一次，反馈的问题已在规定时间内改完。",
    "新到岗的信息员须先跟班学习两周，再独立发稿。",
    "聘请五名群众监督员，对栏目内容提出意见并逐条回应。",
)
_ASSESSMENT = (
    "工作考核方面，公开任务占综合得分的百分之四；社会评议方面，网上征集的意见总体较好；责任追究方面，没有需要追究责任的情形。",
    "年底对各科室开展工作考核并通报名次；通过座谈和线上投票接受社会评议；没有人员因公开工作失职而被责任追究。",
    "工作考核结果已印发各村社区；社会评议由第三方入户访问完成；对照问责办法核查，年内未启动责任追究程序。",
)
_PROBLEMS = (
    "部分科室对哪些内容应当主动发布仍把握不准，遇事习惯先问再等。",
    "政策解读文字偏多，图示和问答偏少，读者反映不易看懂。",
    "信息员多为兼职，岗位变动之后业务衔接不够顺畅。",
    "有的栏目更新集中在年底，平时节奏偏慢。",
    "个别答复文书引用条款不够准确，说理部分过于简单。",
    "线下查阅点利用率不高，周边居民知晓度有限。",
    "重点项目信息分散在几个页面，查找起来费时。",
    "对公开之后的反馈收集得少，难以判断效果。",
)
_IMPROVEMENTS = (
    "下一步编写一本口袋手册，把常见事项的公开时限和范围逐一列明。",
    "请业务骨干与宣传人员结对，每季度至少推出两期图文解读。",
    "推行信息员双岗备份，一人请假时由另一人接手。",
    "把更新任务拆到每个月，系统到期自动提示。",
    "建立答复文书范本库，由法律顾问每半年修订一次。",
    "把查阅点搬到便民服务窗口旁边，延长周末开放时间。",
    "合并零散页面，按项目归集全过程资料。",
    "在页面底部增加评价按钮，按月汇总意见并公布处理情况。",
)
_CLOSING = ("除上述内容外，没有其他需要说明的情况。", "没有其他事项需要报告。", "其余事项与上年相同，不再赘述。")
_PARTS = (
    ("网站", "政务新媒体", "公示栏"),
    ("门户网站", "微信公众号", "其他渠道"),
    ("工作动态类", "政策文件类", "财政资金类"),
)


def preamble(random: Random, *, agency: str, year: int, period: str, contact: str) -> tuple[str, ...]:
    """The paragraphs before section 1; `period` and `contact` are the phrases to be woven in."""
    opening = random.choice(
        (
            f"依照《中华人民共和国政府信息公开条例》第五十条的规定，{agency}编写了{year}年度工作报告，现予公布。",
            f"现将{agency}{year}年开展政府信息公开工作的情况向社会报告如下。",
            f"本报告由{agency}根据国家统一格式编制，全文在政府门户网站上公布。",
        )
    )
    statistics = random.choice(
        (f"报告中数据的统计期限为{period}。", f"文中所列各项数据统计时间{period}。", f"统计期限：{period}。")
    )
    whom = random.choice(("如对报告内容有疑问，请与我们联系", "欢迎来信来电咨询", "公众可按下列方式查询"))
    paragraphs = (opening + statistics, f"{whom}（{contact}）。")
    return paragraphs if random.randrange(2) else ("".join(paragraphs),)


def general_situation(random: Random, *, kind: AgencyKind, year: int, totals: Totals) -> tuple[str, ...]:
    """Section 1: the five aspects, and for a government what Art. 50(4) asks of it."""
    own = _SELF_NAMES[kind]
    aspects = [
        ("主动公开", [*_some(random, _DISCLOSURE, 3), _disclosed(random, year)]),
        ("依申请公开", [_applied(random, year, totals), _disputed(random, totals)]),
        ("政府信息管理", _some(random, _MANAGEMENT, 3)),
        ("政府信息公开平台建设", _some(random, _PLATFORM, 3)),
        ("监督保障", _some(random, _SUPERVISION, 3)),
    ]
    if kind in _REPORTS_ON_ASSESSMENT:
        aspects[-1][1].append(random.choice(_ASSESSMENT))
    has_lines = random.randrange(2) == 0
    paragraphs: list[str] = []
    for numeral, (heading, sentences) in zip("一二三四五", aspects, strict=True):
        body = "".join(sentences).format(own=own)
        title = f"（{numeral}）{heading}"
        paragraphs += [title, body] if has_lines else [f"{title}。{body}"]
    return tuple(paragraphs)


def problems(random: Random) -> tuple[str, ...]:
    """Section 5: what is wrong and what will be done."""
    found = "".join(f"{n}是{text}" for n, text in zip("一二", _some(random, _PROBLEMS, 2), strict=True))
    planned = "".join(f"{n}是{text}" for n, text in zip("一二", _some(random, _IMPROVEMENTS, 2), strict=True))
    return (f"（一）主要问题。{found}", f"（二）改进情况。{planned}")


def other_matters(random: Random, *, year: int, totals: Totals, has_fee_rule: bool) -> tuple[str, ...]:
    """Section 6; `has_fee_rule`: the form asks for the information processing fee (from 2021 on)."""
    if not has_fee_rule:
        return (random.choice((*_CLOSING, "无。", "无")),)
    if totals.fee_unpaid:
        cost = 100 * totals.fee_unpaid
        fee = f"依据信息处理费有关规定，{year}年发出收费通知{totals.fee_unpaid}件，总金额{cost}元，实际收取0元。"
    else:
        fee = random.choice(
            (
                f"{year}年没有发出收费通知，未收取信息处理费。",
                f"信息处理费情况：{year}年度收费通知0件，收取金额0元。",
                f"本机关{year}年未向申请人收取信息处理费。",
            )
        )
    return (fee, random.choice(_CLOSING)) if random.randrange(2) else (fee,)


def _some(random: Random, sentences: tuple[str, ...], count: int) -> list[str]:
    return random.sample(sentences, k=count)


def _disclosed(random: Random, year: int) -> str:
    parts = [random.randint(1, 400) for _ in range(3)]
    names = random.choice(_PARTS)
    detail = "，".join(f"{name}{part}条" for name, part in zip(names, parts, strict=True))
    return f"{year}年共主动公开政府信息{sum(parts)}条，其中{detail}。"


def _applied(random: Random, year: int, totals: Totals) -> str:
    if totals.received == totals.carried_over == totals.handled == totals.carried_forward == 0:
        return random.choice(
            (f"{year}年未收到政府信息公开申请。", "全年未收到公民、法人或者其他组织提出的政府信息公开申请。")
        )
    sentences = [f"{year}年新收政府信息公开申请{totals.received}件，上年结转{totals.carried_over}件。"]
    if not totals.carried_over:
        sentences += [f"全年共收到政府信息公开申请{totals.received}件。", f"受理依申请公开{totals.received}件。"]
    closing = f"全部申请中办结{totals.handled}件，结转下年度继续办理{totals.carried_forward}件。"
    return random.choice(sentences) + closing


def _disputed(random: Random, totals: Totals) -> str:
    if totals.reviews == totals.litigation == 0:
        return random.choice(
            ("未发生因政府信息公开引起的行政复议和行政诉讼。", "年内没有因政府信息公开被申请行政复议或者提起行政诉讼。")
        )
    return f"因政府信息公开引起的行政复议{totals.reviews}件、行政诉讼{totals.litigation}件。"
