import Modeler from 'bpmn-js/lib/Modeler'
import 'bpmn-js/dist/assets/diagram-js.css'
import 'bpmn-js/dist/assets/bpmn-js.css'
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css'
import { KIND_NAMES, translate } from './words.ts'

/** What of the modeler's own objects we touch. */
export interface Business { id: string; $type: string; name?: string; get(name: string): string | undefined; default?: Business; conditionExpression?: { body?: string }; sourceRef?: Business; outgoing?: Business[] }
export interface Shape { id: string; type: string; businessObject: Business; waypoints?: unknown; labelTarget?: Shape }
type Start = (event: Event, autoActivate?: unknown) => void
interface Palette { registerProvider(provider: unknown): void }
interface Services {
  create: { start(event: Event, shape: unknown): void }
  elementFactory: { createShape(options: { type: string }): unknown }
  autoPlace: { append(source: Shape, shape: unknown): void }
  tools: Record<'handTool' | 'lassoTool' | 'spaceTool' | 'globalConnect', { start?: Start; activateHand?: Start; activateSelection?: Start; activateLasso?: Start }>
}

const DRAWABLE: [string, string][] = [
  ['bpmn:UserTask', 'bpmn-icon-user-task'], ['bpmn:ServiceTask', 'bpmn-icon-service-task'], ['bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task'],
  ['bpmn:ExclusiveGateway', 'bpmn-icon-gateway-xor'], ['bpmn:ParallelGateway', 'bpmn-icon-gateway-parallel'], ['bpmn:EndEvent', 'bpmn-icon-end-event-none'],
]
// Only what may be published can be drawn: the rest of BPMN is refused by the check anyhow.
class OurPalette {
  static $inject = ['palette', 'create', 'elementFactory', 'handTool', 'lassoTool', 'spaceTool', 'globalConnect']
  readonly services: Omit<Services, 'autoPlace'>
  constructor(palette: Palette, create: Services['create'], elementFactory: Services['elementFactory'], handTool: never, lassoTool: never, spaceTool: never, globalConnect: never) {
    this.services = { create, elementFactory, tools: { handTool, lassoTool, spaceTool, globalConnect } }
    palette.registerProvider(this)
  }

  getPaletteEntries() {
    const { create, elementFactory, tools } = this.services
    const draw = (type: string, className: string) => {
      const start = (event: Event) => create.start(event, elementFactory.createShape({ type }))
      return { group: 'draw', className, title: KIND_NAMES[type], action: { dragstart: start, click: start } }
    }
    const drawn = [['bpmn:StartEvent', 'bpmn-icon-start-event-none'] as [string, string], ...DRAWABLE]
    return {
      'hand-tool': { group: 'tools', className: 'bpmn-icon-hand-tool', title: '移动画布', action: { click: (e: Event) => tools.handTool.activateHand?.(e) } },
      'lasso-tool': { group: 'tools', className: 'bpmn-icon-lasso-tool', title: '框选', action: { click: (e: Event) => tools.lassoTool.activateSelection?.(e) } },
      'space-tool': { group: 'tools', className: 'bpmn-icon-space-tool', title: '插入或删除空白', action: { click: (e: Event) => tools.spaceTool.activateSelection?.(e) } },
      'global-connect-tool': { group: 'tools', className: 'bpmn-icon-connection-multi', title: '连线', action: { click: (e: Event) => tools.globalConnect.start?.(e) } },
      'tool-separator': { group: 'tools', separator: true },
      ...Object.fromEntries(drawn.map(([type, icon]) => [type, draw(type, icon)])),
    }
  }
}

class OurPad {
  static $inject = ['contextPad', 'elementFactory', 'autoPlace', 'connect', 'modeling']
  readonly append: (source: Shape, type: string) => void
  constructor(pad: Palette, factory: Services['elementFactory'], autoPlace: Services['autoPlace'], readonly connect: { start(event: Event, element: Shape): void }, readonly modeling: { removeElements(elements: Shape[]): void }) {
    this.append = (source, type) => autoPlace.append(source, factory.createShape({ type }))
    pad.registerProvider(this)
  }

  getContextPadEntries(element: Shape) {
    const remove = { group: 'edit', className: 'bpmn-icon-trash', title: '删除', action: { click: () => this.modeling.removeElements([element]) } }
    if (element.labelTarget || element.waypoints) return { delete: remove }
    if (element.type === 'bpmn:EndEvent') return { delete: remove }
    const appended = DRAWABLE.map(([type, className]) => [`append-${type}`, { group: 'model', className, title: `接${KIND_NAMES[type]}`, action: { click: () => this.append(element, type) } }])
    const start = (event: Event) => this.connect.start(event, element)
    const connect = { group: 'connect', className: 'bpmn-icon-connection-multi', title: '连线', action: { click: start, dragstart: start } }
    return { ...Object.fromEntries(appended), connect, delete: remove }
  }
}

const WORK = ['bpmn:UserTask', 'bpmn:ServiceTask', 'bpmn:BusinessRuleTask']
const OURS = {
  name: 'Wanshi', uri: 'urn:wanshi:flow:1', prefix: 'wanshi', xml: { tagAlias: 'lowerCase' },
  types: [{ name: 'Work', extends: WORK, properties: ['role', 'org', 'days', 'deeds', 'action', 'table'].map(name => ({ name, isAttr: true, type: 'String' })) }],
}

/** A modeler that draws what our flows may hold, in Chinese. */
export function openModeler(container: HTMLElement) {
  return new Modeler({
    container,
    moddleExtensions: { wanshi: OURS },
    additionalModules: [{ translate: ['value', translate], paletteProvider: ['type', OurPalette], contextPadProvider: ['type', OurPad] }],
  })
}
