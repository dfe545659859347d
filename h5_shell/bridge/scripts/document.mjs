// docs/guest-sdk.md: a short introduction by hand, the methods from the table and its types.
import ts from 'typescript'

const INTRODUCTION = `# 应用接口（Guest SDK）

> 本文由 \`h5_shell/bridge/scripts/generate.mjs\` 按接口表生成，请改接口表，不要改本文。

应用运行在平台的窗口里，通过 \`wanshi\` 调用平台能力。平台为每个页面自动加上第一个脚本，页面里直接有全局的
\`wanshi\`；用打包工具的应用也可以安装 npm 包 \`@wanshi/bridge\`，得到同样的接口和类型：

\`\`\`ts
import { createGuest, WanshiError } from '@wanshi/bridge/guest'

const wanshi = createGuest()
const { region, uiStyle } = await wanshi.ready
try {
  const { ticket } = await wanshi.auth.getTicket()
  // 把 ticket 交给自己的后端，由后端向平台换取办事人信息；ticket 只能用一次。
} catch (error) {
  if (error instanceof WanshiError && error.code === 'person.refused') showWhyWeAsk()
}
\`\`\`

- 每个方法返回 Promise；失败时得到 \`WanshiError { code, message, scope }\`。
- \`wanshi.ready\` 给出打开时的情况：\`appid\`、\`version\`、\`platform\`、\`uiStyle\`、\`region\`、\`locale\`、\`scopes\`、\`trial\`。
- \`wanshi.on(event, listener)\` 与 \`wanshi.off(event, listener)\` 收听：\`uiStyle\`、\`region\`、\`network\`、\`pause\`、\`resume\`、\`menu\`。
- 需要权限的方法，先在 \`app.json\` 的 \`permissions\` 中声明并写明理由；审核通过后，首次使用时由本人同意。
- 交给平台的图片和文件（\`Content\`）可以是 \`Blob\`，也可以是地址：由页面自己取得内容，地址要在清单的 \`network.download\` 中声明。
- 标“需点按”的方法要在用户刚点过页面时调用，否则平台会请用户再点一下。
- 每秒最多 50 次调用，同时等待的最多 32 个；参数总长不超过 64 KB，文件合计不超过 20 MB。
- 为其他容器写的应用不必改成这些名字：各容器的名字见每个方法的“原容器名”，平台按清单里的 \`compat.dialects\` 提供。

## 错误代码
`

const ERRORS = [
  ['method.unknown', '没有这个方法。'], ['method.unsupported', '有这个方法，但当前环境做不到。'],
  ['request.malformed', '参数格式不正确，或者内容过大。'], ['rate.limited', '调用太频繁。'],
  ['scope.undeclared', '应用没有声明这项权限。'], ['scope.unapproved', '这项权限没有通过审核。'],
  ['person.refused', '用户没有同意，或者没有登录。'], ['person.cancelled', '用户关闭了选择、扫码或者收银台。'],
  ['tier.too_low', '用户的实名等级不够，并且没有提升。'], ['gesture.needed', '需要用户点一下，而用户没有点。'],
  ['proof.invalid', '调用附带的签名不正确（微信 JSSDK）。'], ['app.ended', '应用已经关闭，或者没有连接到容器。'],
  ['network.offline', '没有网络。'], ['host.failed', '平台处理失败或者超时。'],
]
const EVERY = ['request.malformed', 'rate.limited', 'app.ended', 'host.failed']
const DIALECTS = { web: '浏览器', croods: '皖事通', zwjs: '浙里办', weixin: '微信', alipay: '支付宝', dingtalk: '钉钉' }

/** Method → its params and result, as the types say. */
function typed(source) {
  const file = ts.createSourceFile('methods.ts', source, ts.ScriptTarget.ESNext, true)
  const found = {}
  const table = file.statements.find(node => ts.isInterfaceDeclaration(node) && node.name.text === 'Methods')
  for (const member of table.members) {
    const part = name => member.type.members.find(m => m.name.text === name).type.getText(file).replace(/\s*\n\s*/g, ' ')
    found[member.name.text] = { params: part('params'), result: part('result') }
  }
  const shapes = file.statements
    .filter(node => (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && SHAPES.includes(node.name.text))
    .map(node => node.getText(file).replace(/^export /, ''))
  return { found, shapes }
}
const SHAPES = ['Region', 'Content', 'PickedFile', 'User', 'Location', 'Grid', 'NetworkType', 'DeviceInfo', 'ShareCard']

function errorsOf(row) {
  const own = row.scope ? ['scope.undeclared', 'scope.unapproved', 'person.refused', 'tier.too_low'] : []
  if (row.gesture) own.push('gesture.needed', 'person.cancelled')
  return own.map(code => `\`${code}\``).join('、') || '无'
}

function method(row, { params, result }) {
  const names = Object.entries(row.names).map(([dialect, all]) => `${DIALECTS[dialect]} ${all.map(name => `\`${name}\``).join(' ')}`)
  const marks = [row.scope ? `权限 \`${row.scope}\`` : '不需要权限', ...(row.sensitive ? ['由平台后端再核验并记录'] : []), ...(row.gesture ? ['需点按'] : [])]
  return `### \`${row.method.replace(/^ah\./, 'wanshi.')}\`

${row.title}。

- ${marks.join('；')}。
- 参数：\`${params === 'Nothing' ? '无' : params}\`
- 结果：\`${result === 'Done' ? 'null' : result}\`
- 特有的错误：${errorsOf(row)}。
${names.length ? `- 原容器名：${names.join('；')}。\n` : ''}`
}

/** The whole document. */
export function describeSdk(rows, source) {
  const { found, shapes } = typed(source)
  const errors = ERRORS.map(([code, said]) => `| \`${code}\` | ${said} |`).join('\n')
  const spaces = [...new Set(rows.map(row => row.method.split('.')[1]))]
  const chapters = spaces.map(space =>
    `## ${space}\n\n${rows.filter(row => row.method.split('.')[1] === space).map(row => method(row, found[row.method])).join('\n')}`)
  return `${INTRODUCTION}
| 代码 | 含义 |
|---|---|
${errors}

${EVERY.map(code => `\`${code}\``).join('、')} 任何方法都可能给出，下面不再列出。

## 参数与结果中的类型

\`\`\`ts
${shapes.join('\n')}
\`\`\`

${chapters.join('\n')}`
}
