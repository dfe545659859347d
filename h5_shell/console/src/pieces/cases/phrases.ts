import { ref } from 'vue'

const KEY = 'wanshi.console.phrases'
const MOST = 12
const REASONS = ['申请人不符合本事项规定的条件', '提交的材料与登记信息不一致', '本事项不属于本机关职权范围']

/** What an officer begins with; what is kept later is the officer's own. */
const USUAL: Record<string, string[]> = {
  approve: ['经审查，符合规定条件'],
  refuse: REASONS,
  'request-correction': ['照片不清晰，请在光线充足处重新拍摄', '材料缺页，请补齐全部页面', '填写内容与材料不一致，请核对后修改'],
  'return-pre-review': ['材料不清晰，请重新上传', '填写内容不完整，请补充'],
  'fail-pre-review': ['本事项不属于本机关职权范围', '不属于本事项的办理对象'],
  'return-case': ['申请人要求退件', '重复提交，已另案办理'],
  suspend: ['需要现场核查，核查期间暂停计时', '需要专家评审，评审期间暂停计时'],
  'ask-extension': ['案情复杂，需要进一步核实'],
  'report-back': ['经审查，符合规定条件', '经审查，不符合规定条件'],
}

type Kept = Record<string, string[]>

/** Whatever lies in the store, only lists of words come out. */
export function keptOf(text: string | null): Kept {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (!value || typeof value !== 'object' || Array.isArray(value)) return {}
    return Object.fromEntries(Object.entries(value).filter((e): e is [string, string[]] => Array.isArray(e[1]) && e[1].every(p => typeof p === 'string')))
  } catch { return {} }
}

/** Opinion templates of one officer, for one deed; they stay in this browser. */
export function usePhrases(officer: string) {
  const key = `${KEY}.${officer}`
  const kept = ref(keptOf(localStorage.getItem(key)))
  const of = (deed: string) => [...new Set([...(kept.value[deed] ?? []), ...(USUAL[deed] ?? [])])]
  const own = (deed: string, phrase: string) => kept.value[deed]?.includes(phrase) ?? false
  function set(deed: string, list: string[]) {
    kept.value = { ...kept.value, [deed]: list.slice(0, MOST) }
    localStorage.setItem(key, JSON.stringify(kept.value))
  }
  const keep = (deed: string, phrase: string) => set(deed, [phrase, ...(kept.value[deed] ?? []).filter(p => p !== phrase)])
  const drop = (deed: string, phrase: string) => set(deed, (kept.value[deed] ?? []).filter(p => p !== phrase))
  return { of, own, keep, drop }
}
