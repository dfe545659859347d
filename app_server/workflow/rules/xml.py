"""Reading XML that strangers drew: no document type, no entities, no network, bounded."""

from lxml import etree

from app_server.workflow.errors import FlowUnfit, TableUnfit

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40
MAX_NODES = 6000

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = (
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
)
OURS = "urn:wanshi:flow:1"

Finding = dict[str, str]


def finding(element: str, code: str, message: str) -> Finding:
    """One thing that is wrong, at which element."""
    return {"element": element, "code": code, "message": message}


def read(text: str, kind: type[FlowUnfit | TableUnfit] = FlowUnfit) -> etree._Element:
    """The root of a document; raises `kind` for whatever is not plain, small XML."""
    if len(text.encode()) > MAX_BYTES:
        raise kind(errors=[finding("", "too_large", f"文件超过 {MAX_BYTES // 1024} KB")])
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise kind(errors=[finding("", "doctype", "不允许文档类型声明和实体")])
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise kind(errors=[finding("", "not_xml", "不是有效的 XML 文件")]) from error
    count = 0
    for count, node in enumerate(root.iter(), 1):
        if count > MAX_NODES or sum(1 for _ in node.iterancestors()) > MAX_DEPTH:
            raise kind(errors=[finding("", "too_large", "图中元素过多或嵌套过深")])
    return root


def local(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(node).localname)


def space(node: etree._Element) -> str:
    """The namespace of an element."""
    return str(etree.QName(node).namespace or "")
