"""Invented people, the same for the same seed: names as they are borne, telephones nobody has."""

import random
from collections.abc import Iterator
from typing import NamedTuple

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "夏侯")
_WOMEN_NAMES = """
秀英 桂兰 玉梅 凤琴 淑华 丽芳 红霞 春燕 雪莲 月娥 素珍 美玲 慧敏 静怡 婷婷
彩云 翠花 爱莲 金凤 小燕 文娟 秀兰 玉兰 桂英 桂芳 淑珍 淑芳 丽华 丽娟 玉珍
海燕 晓燕 秀珍 秀荣 桂珍 玉华 玉英 玉芳 凤英 凤兰 兰英 春梅 冬梅 雪梅 艳红
晓红 小红 丽萍 小萍 爱华 爱珍 月英 水英 细妹 琴 芳 敏 静 霞 燕 娟 莉 萍
玲 云 梅 英 珍 洁 倩
"""
_WOMEN = tuple(_WOMEN_NAMES.split())
_MEN_NAMES = """
建国 志强 国栋 卫东 德福 永刚 长贵 海涛 文斌 树林 少华 大勇 春生 宝林 天明
立新 庆丰 金山 正平 学军 小平 伟民 建军 建华 建平 建明 国华 国平 国强 国庆
志明 志刚 志华 永强 永明 长青 海波 文明 文华 树生 春林 宝山 天佑 庆华 金生
正华 学文 小明 卫国 卫民 援朝 跃进 长江 有才 根生 水生 军 伟 强 勇 涛 斌
杰 磊 平 刚 明 辉 峰 波
"""
_MEN = tuple(_MEN_NAMES.split())


class Somebody(NamedTuple):
    """An invented person; the phone in digits, '' for those without one."""

    name: str
    phone: str


def crowd(chance: random.Random, first_phone: int) -> Iterator[Somebody]:
    """People without end. One in fourteen has no telephone; one in twenty shares that of the one before."""
    phone = first_phone
    last = ""
    while True:
        name = _name(chance)
        lot = chance.random()
        if lot < 1 / 14:
            yield Somebody(name, "")
        elif lot < 1 / 14 + 1 / 20 and last:
            yield Somebody(name, last)
            last = ""
        else:
            last = str(phone)
            phone += 1
            yield Somebody(name, last)


def _name(chance: random.Random) -> str:
    if chance.random() < 1 / 150:
        surname = chance.choice(_COMPOUND)
    else:
        # The first of the row are borne by many, the last by few.
        surname = _SURNAMES[int(len(_SURNAMES) * chance.random() ** 2)]
    return surname + chance.choice(_WOMEN if chance.random() < 0.62 else _MEN)  # more women than men serve
