import type { App, Version } from '#console/api/miniapps.ts'
import type { Ask } from '#console/pieces/staff/ReasonDialog.vue'
import type { AppDeed, VersionDeed } from './deeds.ts'

/** Deeds that are asked for in the dialog of reasons; the others have a dialog of their own. */
export type Asked = Exclude<VersionDeed | AppDeed, 'trial' | 'grey' | 'regrey' | 'key'>
type Words = Omit<Ask, 'what' | 'reason' | 'grave'> & Partial<Pick<Ask, 'reason' | 'grave'>>

const THREE = '上传人、市级审核员、省级审核员必须是三个不同的人，系统会核对。'
const TROUBLE = ['失败率偏高', '功能有错误', '群众反映问题']
const NOTE = { optional: true, label: '说明（可不填）' }

const WORDS: Record<Asked, Words> = {
  submit: { ...NOTE, title: '提交审核', explain: '提交后先由市级审核，再由省级审核；省本级应用只由省级审核。审核期间可以撤回。', confirm: '提交审核', phrases: ['首次上线', '修复问题', '新增功能'], label: '给审核员的说明（可不填）' },
  withdraw: { ...NOTE, title: '撤回版本', explain: '撤回后这个版本不能再用，修改后须提高版本号重新上传。', confirm: '确认撤回', phrases: ['发现问题，需要修改', '改为其他版本'], grave: true },
  approve: { ...NOTE, title: '审核通过', explain: `请先用体验链接实际打开过，并看过机器检查结果和申请的权限。${THREE}`, confirm: '确认通过', phrases: ['功能与申请一致', '已实际体验'], label: '审核意见（可不填）' },
  refuse: { title: '审核不通过', explain: `团队会看到您的意见，修改后须提高版本号重新上传。${THREE}`, confirm: '确认不通过', phrases: ['功能与申请不一致', '申请的权限超出需要', '页面打不开或有明显错误', '缺少隐私说明'], grave: true, label: '审核意见' },
  halt: { title: '暂停灰度', explain: '暂停后不再给新的人打开这个版本，可以恢复。', confirm: '确认暂停', phrases: ['失败率偏高', '发现问题，正在核实'] },
  resume: { ...NOTE, title: '恢复灰度', explain: '恢复后按原来的范围继续放量，之前的失败不再计入。', confirm: '确认恢复', phrases: ['问题已排除', '与本应用无关'] },
  release: { title: '全量发布', explain: '发布后所有居民都会打开这个版本，正在打开的页面会收到更新提示。如有问题，可以回退到之前的版本。', confirm: '确认发布给所有人', phrases: [], reason: false },
  roll_back: { title: '回退灰度', explain: '停止灰度，打开过它的居民回到已发布的版本；这个版本不能再发布，修改后须提高版本号重新上传。', confirm: '确认回退', phrases: TROUBLE, grave: true },
  go_back: { title: '回退版本', explain: '所有居民立即回到所选的版本；现在的版本不能再发布，修改后须提高版本号重新上传。', confirm: '确认回退', phrases: TROUBLE, grave: true },
  floor: { title: '提高最低版本', explain: '低于它的版本立即不能打开，也不能再回退到那里；正在打开的页面会收到通知。只能提高，不能降低。', confirm: '确认提高', phrases: ['旧版本有安全问题', '旧版本接口已停用'], grave: true },
  suspend: { title: '下架应用', explain: '所有居民立即不能打开，正在打开的页面几秒内关闭并看到您写的理由。可以恢复上架。', confirm: '确认下架', phrases: ['存在安全隐患', '群众反映问题', '应用方后台停止服务'], grave: true, label: '理由（居民会看到）' },
  reopen: { title: '恢复上架', explain: '恢复后居民可以重新打开已发布的版本。', confirm: '确认恢复', phrases: ['问题已整改', '后台服务已恢复'] },
  retire: { title: '停用应用', explain: '停用是永久的：不能恢复上架，不能再上传新版本，应用标识也不能再用。只想暂时停止服务，请用“下架”。', confirm: '确认永久停用', phrases: ['业务已取消', '已并入其他应用'], grave: true, label: '理由（居民会看到）' },
}

/** What the dialog says before a deed is done; `v` is null for deeds on the whole app. */
export function askFor(deed: Asked, app: App, v: Version | null): Ask {
  const words = WORDS[deed]
  return { reason: true, grave: false, ...words, what: v ? `${app.name} ${v.name}（版本号 ${v.code}）` : `${app.name}（${app.appid}）` }
}
