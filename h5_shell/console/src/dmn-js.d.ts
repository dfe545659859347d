// dmn-js ships no types; TableCanvas.vue says what it uses of it.
declare module 'dmn-js/lib/Modeler' {
  const Modeler: new (options: Record<string, unknown>) => unknown
  export default Modeler
}
