"""What can go wrong with seals."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceUnavailable


class NoSuchSeal(NotFound):
    """No such seal, or it is another organisation's."""

    code = "seals.no_such_seal"
    title = "没有找到这枚印章"


class NoUsableSeal(Conflict):
    """The organisation has no issued seal with a good certificate."""

    code = "seals.no_usable_seal"
    title = "该部门没有可用的电子印章"


class NotAuthorised(Conflict):
    """The seal may not be used for this: no leave, another digest, or another content."""

    code = "seals.not_authorised"
    title = "没有有效的用印授权"


class UnknownStep(InvalidInput):
    """The life of a seal has no such step."""

    code = "seals.unknown_step"
    title = "印章流程没有这个步骤"


class SealNotInThisState(Conflict):
    """The step does not lead on from the state the seal is in."""

    code = "seals.not_in_this_state"
    title = "印章当前状态不能进行此操作"


class SamePerson(Forbidden):
    """Whoever took the earlier step may not take this one."""

    code = "seals.same_person"
    title = "须由另一名人员办理"


class StepOfAnotherPost(Forbidden):
    """The step is for another post: keepers keep, the authority reviews and makes."""

    code = "seals.step_of_another_post"
    title = "这一步须由其他岗位办理"


class AlreadyHasSeal(Conflict):
    """The organisation already has a seal of this name."""

    code = "seals.already_has_seal"
    title = "该部门已有同名印章"


class NotASealedFile(InvalidInput):
    """The bytes are no seal or seal signature of GB/T 38540."""

    code = "seals.not_a_sealed_file"
    title = "不是有效的电子签章数据"


class BadPicture(InvalidInput):
    """The picture of a seal must be a PNG of a fitting size."""

    code = "seals.bad_picture"
    title = "印模图片须为 PNG，且尺寸合适"


class NoSuchLeave(NotFound):
    """No such standing leave."""

    code = "seals.no_such_leave"
    title = "没有找到这条用印授权"


class NoSuchAuthority(NotFound):
    """The trust list has no such authority."""

    code = "seals.no_such_authority"
    title = "信任列表中没有该机构"


class BadCertificate(InvalidInput):
    """A certificate, request or revocation list that is broken or does not fit."""

    code = "seals.bad_certificate"
    title = "证书或吊销列表不符合要求"


class CertificateRefused(Conflict):
    """The seal's certificate ran out, is revoked or is not for sealing."""

    code = "seals.certificate_refused"
    title = "印章证书已过期、被吊销或不可用于签章"


class TimeStampUnavailable(ServiceUnavailable):
    """The time-stamp authority does not answer, or its answer does not hold."""

    code = "seals.time_stamp_unavailable"
    title = "时间戳服务暂时不可用，请稍后再试"
