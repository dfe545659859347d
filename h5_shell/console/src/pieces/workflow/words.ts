/** The words an editor of flows chooses from; the back end checks every one of them again. */
export const ROLES: Record<string, string> = {
  case_officer: '办件人员', case_approver: '审批负责人', case_window: '综合窗口人员', case_head: '部门负责人', applicant: '申请人',
}
/** What a person's task may be done by. */
export const DEEDS: Record<string, string> = {
  pass_pre_review: '预审通过', return_pre_review: '预审退回补充', fail_pre_review: '预审不通过', resubmit: '补充后重新提交', receive: '收件',
  ask_correction: '一次性告知补正', correct: '已补正', accept: '受理', deem_accepted: '逾期视为受理', decline: '不予受理', return_case: '退件',
  begin_review: '开始审查', suspend: '启动特别程序', resume: '结束特别程序', forward: '转报上级', report_back: '收到上级意见',
  approve: '准予', refuse: '不予',
}
export const ACTIONS: Record<string, string> = { accept: '自动受理' }
/** Examples of what a condition may ask, with what they mean. */
export const FACTS: [string, string][] = [
  ["tasks.环节编号.deed == 'accept'", '某个环节是怎样办的'],
  ['tasks.决策编号.accept == true', '决策表的结论'],
  ['checks.materials', '材料齐全且预检通过'],
  ['checks.registries', '共享数据都已取得'],
  ['form.字段编号 > 0', '表单里的数字或选项'],
  ['corrections == 0', '没有补正过'],
]
export const KIND_NAMES: Record<string, string> = {
  'bpmn:StartEvent': '开始', 'bpmn:EndEvent': '结束', 'bpmn:UserTask': '人工环节', 'bpmn:ServiceTask': '自动动作',
  'bpmn:BusinessRuleTask': '决策表', 'bpmn:ExclusiveGateway': '排他网关（选一条）', 'bpmn:ParallelGateway': '并行网关（同时走）',
  'bpmn:SequenceFlow': '连线', 'bpmn:Process': '流程',
}
/** The modeler's own words. */
const CHINESE: Record<string, string> = {
  'Activate hand tool': '移动画布', 'Activate lasso tool': '框选', 'Activate create/remove space tool': '插入或删除空白', 'Activate global connect tool': '连线',
  'Remove': '删除', 'Connect to other element': '连线', 'Append {type}': '接 {type}', 'Search in diagram': '在图中查找', 'flow elements must be children of pools/participants': '元素必须在流程之内',
  'Add rule': '添加规则', 'Add input': '添加输入', 'Add output': '添加输出', 'Input': '输入', 'Output': '输出', 'Annotations': '说明', 'Hit policy': '命中策略', 'Hit policy:': '命中策略：', 'Hit Policy': '命中策略',
  'Edit hit policy': '修改命中策略', 'Unique': '唯一', 'First': '首个', 'Any': '任一', 'Collect': '全部', 'When': '当', 'Then': '则', 'And': '并且', 'Expression': '表达式', 'Edit input expression': '修改输入表达式',
  'Edit output name': '修改输出名称', 'Edit decision name': '修改名称', 'Label': '标题', 'Name': '名称', 'Type': '类型', 'Output label': '输出标题', 'Output name': '输出名称', 'Input label': '输入标题', 'Input expression': '输入表达式',
  'View DRD': '查看关系图', 'Add above': '在上方添加', 'Add below': '在下方添加', 'Add left': '在左侧添加', 'Add right': '在右侧添加', 'Copy': '复制', 'Cut': '剪切', 'Clear': '清空', 'Rule': '规则', 'Paste above': '粘贴到上方', 'Paste below': '粘贴到下方',
  'Change cell expression language': '更换表达式语言', 'string': '文字', 'boolean': '是否', 'number': '数字', 'Yes': '是', 'No': '否',
}
export function translate(template: string, replacements: Record<string, string> = {}): string {
  return (CHINESE[template] ?? template).replace(/{([^}]+)}/g, (_, key: string) => replacements[key] ?? `{${key}}`)
}

/** A new flow: handed in, looked at, decided. */
export const newFlow = (code: string, title: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:wanshi="urn:wanshi:flow:1" id="${code}-definitions" targetNamespace="urn:wanshi:flow:${code}">
  <bpmn:process id="${code}" name="${escape(title)}" isExecutable="true"><bpmn:startEvent id="begin" name="提交申请" /></bpmn:process>
  <bpmndi:BPMNDiagram id="${code}-diagram"><bpmndi:BPMNPlane id="${code}-plane" bpmnElement="${code}"><bpmndi:BPMNShape id="begin-shape" bpmnElement="begin"><dc:Bounds x="160" y="180" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`
/** A new table: one input, one output, one rule that says yes. */
export const newTable = (code: string, title: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="${code}-definitions" name="${code}" namespace="urn:wanshi:flow:${code}">
  <decision id="${code}" name="${escape(title)}"><decisionTable id="${code}-table" hitPolicy="FIRST">
    <input id="${code}-in" label="材料齐全"><inputExpression id="${code}-expression" typeRef="boolean"><text>checks.materials</text></inputExpression></input>
    <output id="${code}-out" name="accept" label="自动受理" typeRef="boolean" />
    <rule id="${code}-rule"><description>材料齐全，受理</description><inputEntry id="${code}-cell"><text>true</text></inputEntry><outputEntry id="${code}-answer"><text>true</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>`
const escape = (text: string) => text.replace(/[<>&"]/g, sign => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[sign] ?? '')
