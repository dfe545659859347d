/* global wanshi */
// “wanshi” 由平台放在页面最前面，见 docs/guest-sdk.md。
const hello = document.getElementById('hello')
const enter = document.getElementById('enter')

wanshi.ready.then(context => {
  document.documentElement.classList.toggle('elder', context.uiStyle === 'elder')
})
wanshi.on('uiStyle', style => document.documentElement.classList.toggle('elder', style === 'elder'))

enter.addEventListener('click', async () => {
  enter.disabled = true
  try {
    // 票据只能用一次：交给自己的后台，由后台换取本应用的用户编号。
    await wanshi.auth.getTicket()
    hello.textContent = '登录好了。接下来把票据交给您的后台。'
    enter.hidden = true
  } catch (error) {
    hello.textContent = `没有登录：${error.message}`
  } finally {
    enter.disabled = false
  }
})
