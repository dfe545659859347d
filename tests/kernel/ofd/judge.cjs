// What ofd.js makes of a package: node judge.cjs <happy-dom> <ofd.js> <file.ofd>; prints one JSON.
const fs = require("fs");

const [, , dom, judge, file] = process.argv;
const { Window } = require(dom);
const page = new Window();
Object.assign(globalThis, {
  window: page,
  self: page,
  document: page.document,
  Blob: page.Blob,
  DOMParser: page.DOMParser,
});
// The page loads no pictures; that they were found is enough.
globalThis.Image = class {
  set src(value) {
    queueMicrotask(() => this.onload?.());
  }
};
console.log = () => {};
const { parseOfdDocument, renderOfd } = require(judge);

function answer(found, code) {
  process.stdout.write(JSON.stringify(found), () => process.exit(code));
}

function seal({ obj, stamp }) {
  const { sealObj } = stamp;
  return {
    box: obj.boundary,
    version: sealObj.SES_Signature.realVersion,
    verify: sealObj.verifyRet,
  };
}

const data = fs.readFileSync(file);
parseOfdDocument({
  ofd: data.buffer.slice(data.byteOffset, data.byteOffset + data.length),
  success([document]) {
    answer(
      {
        pages: renderOfd(800, document).map((sheet) => sheet.textContent),
        fonts: document.fontResObj,
        pictures: Object.keys(document.multiMediaResObj),
        seals: Object.values(document.stampAnnot).flat().map(seal),
      },
      0,
    );
  },
  fail(error) {
    answer({ failed: String(error) }, 1);
  },
});
