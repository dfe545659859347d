/** What an ID card says by itself: GB 11643 numbers, and the 56 ethnic groups (GB/T 3304). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** GB 11643: weighted sum of 17 digits modulo 11 chooses the last character. */
export function idNumberOk(value: string): boolean {
  if (!/^\d{17}[\dX]$/.test(value)) return false
  const born = new Date(Number(value.slice(6, 10)), Number(value.slice(10, 12)) - 1, Number(value.slice(12, 14)))
  if (born.getMonth() !== Number(value.slice(10, 12)) - 1 || born > new Date()) return false
  const sum = WEIGHTS.reduce((total, w, i) => total + w * Number(value[i]), 0)
  return '10X98765432'[sum % 11] === value[17]
}

/** The 17th digit is odd for men; filling it in saves one question. */
export const sexOf = (idNumber: string) => (Number(idNumber[16]) % 2 ? 'male' : 'female')

export const ETHNIC_GROUPS = [
  '汉族', '蒙古族', '回族', '藏族', '维吾尔族', '苗族', '彝族', '壮族', '布依族', '朝鲜族', '满族', '侗族', '瑶族', '白族', '土家族', '哈尼族', '哈萨克族', '傣族', '黎族',
  '傈僳族', '佤族', '畲族', '高山族', '拉祜族', '水族', '东乡族', '纳西族', '景颇族', '柯尔克孜族', '土族', '达斡尔族', '仫佬族', '羌族', '布朗族', '撒拉族', '毛南族', '仡佬族',
  '锡伯族', '阿昌族', '普米族', '塔吉克族', '怒族', '乌孜别克族', '俄罗斯族', '鄂温克族', '德昂族', '保安族', '裕固族', '京族', '塔塔尔族', '独龙族', '鄂伦春族', '赫哲族',
  '门巴族', '珞巴族', '基诺族',
] as const
export type EthnicGroup = (typeof ETHNIC_GROUPS)[number]
