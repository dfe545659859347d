import type { order } from '@/api/payments'

type Go = NonNullable<Awaited<ReturnType<typeof order>>['go']>

/** Leaves for the channel's page: by its address, or (UnionPay) by a form posted there. */
export function leaves(go: Go | null | undefined): boolean {
  const { url, ...fields } = go?.told ?? {}
  if (!url) return false
  if (go?.kind === 'redirect') location.assign(url)
  else if (go?.kind === 'form') {
    const form = document.createElement('form')
    form.method = 'post'
    form.action = url
    for (const [name, value] of Object.entries(fields)) {
      const box = document.createElement('input')
      box.type = 'hidden'
      box.name = name
      box.value = value
      form.append(box)
    }
    document.body.append(form)
    form.submit()
  } else return false
  return true
}

/** Hands a file to the phone's own way of keeping files. */
export function keep(file: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
