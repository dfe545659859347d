"""Coded facts about what went wrong, in the shape RFC 9457 gives them.

A context declares its own problems as small subclasses in its `errors.py`; the HTTP surface
renders every one of them the same way, so that a code means one thing on every channel.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal with a stable code, an HTTP status and one Chinese sentence.

    `detail` replaces nothing: it adds what is particular to this occurrence. `facts` are extra
    members of the problem document (numbers, field errors); never personal data.
    """

    code: ClassVar[str] = "kernel.problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "请求无法处理"
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, detail: str | None = None, **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.facts = facts

    def document(self, trace_id: str | None = None) -> dict[str, Any]:
        """The problem as a JSON object (RFC 9457 members plus `code` and `trace_id`)."""
        body: dict[str, Any] = {
            "type": f"urn:wanshi:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail
        if trace_id:
            body["trace_id"] = trace_id
        return body | self.facts


class BadRequest(Problem):
    """The request cannot be read at all."""

    code = "kernel.bad_request"
    title = "请求格式不正确"


class InvalidInput(Problem):
    """Fields failed their schema; `errors` lists `{field, message}` in Chinese."""

    code = "kernel.invalid_input"
    status = 422
    title = "填写的内容有误，请检查后再试"


class Unauthenticated(Problem):
    """Nobody is signed in, or the credentials are no longer good."""

    code = "kernel.unauthenticated"
    status = 401
    title = "请先登录"


class Forbidden(Problem):
    """Somebody is signed in, and may not do this."""

    code = "kernel.forbidden"
    status = 403
    title = "您没有权限进行此操作"


class NotFound(Problem):
    """There is no such thing, or the caller may not know of it."""

    code = "kernel.not_found"
    status = 404
    title = "没有找到相关内容"


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    code = "kernel.method_not_allowed"
    status = 405
    title = "不支持的请求方法"


class Conflict(Problem):
    """Another action came first (expected state or version no longer holds)."""

    code = "kernel.conflict"
    status = 409
    title = "内容已发生变化，请刷新后再试"


class PreconditionFailed(Problem):
    """If-Match names another version than the current one (RFC 9110 §13.1.1)."""

    code = "kernel.precondition_failed"
    status = 412
    title = "内容已被更新，请刷新后再试"


class PayloadTooLarge(Problem):
    """The body is larger than this route takes."""

    code = "kernel.payload_too_large"
    status = 413
    title = "上传的内容过大"


class UnsupportedMediaType(Problem):
    """The body's content type is not one this route reads."""

    code = "kernel.unsupported_media_type"
    status = 415
    title = "不支持的内容类型"


class PreconditionRequired(Problem):
    """A change needs If-Match (RFC 6585 §3)."""

    code = "kernel.precondition_required"
    status = 428
    title = "缺少版本条件，请刷新页面后再试"


class TooManyRequests(Problem):
    """A rate limit was reached; `retry_after_s` says when to come back."""

    code = "kernel.too_many_requests"
    status = 429
    title = "操作太频繁，请稍后再试"


class ServiceUnavailable(Problem):
    """A part that this request cannot do without is away for a moment."""

    code = "kernel.service_unavailable"
    status = 503
    title = "服务暂时不可用，请稍后再试"
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": "3"})
