"""Items (政务服务事项): what government does for people, and the guide that says how.

事项 = item, 办事指南 = guide, 实施编码 = item code, 承诺时限 = promise limit, 法定时限 = legal
limit, 材料 = material, 统一社会信用代码 = USCC. 目录清单 = catalogue list, made by the province;
实施清单 = implementation list: items, each bound to a catalogue item, equal to it in name, type,
basis and basic code (三级四同) and no worse than its ceilings (限高). 草案 = draft: it takes four
people to publish one. A published version never changes; a change is a new version. Called by
`cases`, `search`, `portal` and the item editors' screens.
"""
