"""What can go wrong when proving who one is."""

from app_server.kernel.errors import Conflict, NotFound, Problem, ServiceUnavailable


class IdentityMismatch(Problem):
    """The four fields do not all match; nobody learns which one (R-ID-05)."""

    code = "identity.mismatch"
    status = 422
    title = "您填写的身份信息未能通过核验，请核对后再试"


class RegistryUnreachable(ServiceUnavailable):
    """The population registry does not answer: nobody is admitted unchecked (R-ID-01)."""

    code = "identity.registry_unreachable"
    title = "人口库暂时无法核验，请稍后再试"


class NoReferencePhoto(Conflict):
    """The population registry has no usable photo: another way is needed."""

    code = "identity.no_reference_photo"
    title = "证件照片库中没有可用照片，请到政务服务大厅办理实名认证"


class NoSuchFaceCheck(NotFound):
    """No such face check, or it is somebody else's."""

    code = "identity.no_such_face_check"
    title = "没有这次人脸核验"


class FaceCheckOver(Conflict):
    """The face check has ended (passed, refused or too late)."""

    code = "identity.face_check_over"
    title = "本次人脸核验已结束，请重新开始"


class FaceLocked(Problem):
    """Five tries in six hours are used up; the window and later tries remain."""

    code = "identity.face_locked"
    status = 429
    title = "人脸核验次数已用完，请 6 小时后再试，或到政务服务大厅办理"


class FaceNotYetPassed(Conflict):
    """The photo comes before the code."""

    code = "identity.face_not_yet_passed"
    title = "请先完成人脸拍摄"
