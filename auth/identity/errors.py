"""What can go wrong when proving who one is."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    ServiceUnavailable,
    Unauthenticated,
)


class IdentityMismatch(Problem):
    """The four fields do not all match; nobody learns which one (R-ID-05)."""

    code = "identity.mismatch"
    status = 422
    title = "您填写的身份信息未能通过核验，请核对后再试"


class RegistryUnreachable(ServiceUnavailable):
    """The registry does not answer: nobody is admitted unchecked (R-ID-01, R-ID-36)."""

    code = "identity.registry_unreachable"
    title = "人口库暂时无法核验，请稍后再试"


class IdentityLapsed(Forbidden):
    """The card ran out, or the registry knows the person as dead or deregistered (R-ID-43)."""

    code = "identity.lapsed"
    title = "实名信息已失效，暂不能办理"


class DocumentExpired(InvalidInput):
    """The ID card that was shown has run out (R-ID-43)."""

    code = "identity.document_expired"
    title = "身份证已过有效期，请先换领新证"


class WindowNotAllowed(Forbidden):
    """Real-name windows are those of province, city and county halls (R-ID-07)."""

    code = "identity.window_not_allowed"
    title = "只有省、市、县（市、区）政务服务中心的实名认证窗口可以办理"


class UnderReview(Conflict):
    """Two means disagree about this person: nothing is merged or raised meanwhile (R-ID-38)."""

    code = "identity.under_review"
    title = "两种认证方式的姓名不一致，正在人工核查，期间按初级实名办理"


class NoSuchReview(NotFound):
    """No such review."""

    code = "identity.no_such_review"
    title = "没有找到这条核查记录"


class AnotherOfficerNeeded(Forbidden):
    """Who proposed an outcome cannot decide on it."""

    code = "identity.another_officer_needed"
    title = "需由另一位工作人员复核"


class NotInThisState(Conflict):
    """The action is not possible in the present state."""

    code = "identity.not_in_this_state"
    title = "当前状态不能进行此操作，请刷新后再看"


class NoSuchMeans(NotFound):
    """No means has this code, or it is not one of this kind."""

    code = "identity.no_such_means"
    title = "没有这种认证方式"


class MeansDisabled(Conflict):
    """Staff switched this means off (R-ID-34)."""

    code = "identity.means_disabled"
    title = "该认证方式已停用，请选择其他方式"


class NoSuchCertification(NotFound):
    """No such try, or it is somebody else's."""

    code = "identity.no_such_certification"
    title = "没有这次认证"


class CertificationOver(Conflict):
    """The try has ended (passed, refused or too late)."""

    code = "identity.certification_over"
    title = "本次认证已结束，请重新开始"


class CertificationPending(Conflict):
    """The outside party has no result yet: the person has not finished there."""

    code = "identity.certification_pending"
    title = "尚未完成认证，请先在认证页面完成"


class CertificationRefused(Problem):
    """The outside party does not vouch for this name and number."""

    code = "identity.certification_refused"
    status = 422
    title = "认证未通过，请核对后再试，或选择其他方式"


class CertificationLocked(Problem):
    """Too many refusals by one means; other means and the window remain."""

    code = "identity.certification_locked"
    status = 429
    title = "该方式认证次数已用完，请稍后再试，或选择其他方式"


class CertifierUnreachable(ServiceUnavailable):
    """The outside party does not answer."""

    code = "identity.certifier_unreachable"
    title = "认证服务暂时不可用，请稍后再试，或选择其他方式"


class NoSuchAct(NotFound):
    """No such act proof, or it is somebody else's."""

    code = "identity.no_such_act"
    title = "没有这次高级核验"


class ActOver(Conflict):
    """The challenge ran out, was proved already, or its tries are used up."""

    code = "identity.act_over"
    title = "本次高级核验已结束，请重新开始"


class ActNotProven(Problem):
    """The method does not prove the act."""

    code = "identity.act_not_proven"
    status = 422
    title = "核验未通过，请重试或选择其他方式"


class NoSuchMethod(NotFound):
    """There is no such way to prove an act, or it is not open to this person."""

    code = "identity.no_such_method"
    title = "没有这种核验方式"


class ActProofNeeded(Unauthenticated):
    """The act needs a fresh proof of its own; `act` says which (RFC 9470; R-ID-14, 15)."""

    code = "kernel.tier_required"
    title = "此操作需要当场进行高级实名核验"

    def __init__(self, held: int, act: dict[str, object]) -> None:
        super().__init__(required_tier=3, held_tier=held, act=act)
        self.headers = {
            "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
            'acr_values="urn:wanshi:acr:t3"'
        }


class NoSuchVideoSession(NotFound):
    """No such video session, or it is not this officer's."""

    code = "identity.no_such_video_session"
    title = "没有找到这次视频核验"


class RecordingMissing(Conflict):
    """An officer confirms only what was recorded."""

    code = "identity.recording_missing"
    title = "请先上传视频核验录像"


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


class NoSuchLiveness(NotFound):
    """No such film of this person's."""

    code = "identity.no_such_liveness"
    title = "没有找到这次活体检测"


class LivenessOver(Conflict):
    """The film has ended or its time is up."""

    code = "identity.liveness_over"
    title = "这次活体检测已结束，请重新开始"


class FrameRefused(Problem):
    """A frame that is not of this film and step, came too late, or came before."""

    code = "identity.frame_refused"
    status = 422
    title = "画面无效，请重新开始检测"


class LivenessNeeded(Conflict):
    """A chosen photo proves nothing about who holds the phone: the camera is needed (R-ID-10)."""

    code = "identity.liveness_needed"
    title = "请使用摄像头完成活体检测"


class NoSuchVoiceCheck(NotFound):
    """No such voice check of this person's."""

    code = "identity.no_such_voice_check"
    title = "没有找到这次语音核验"


class VoiceCheckOver(Conflict):
    """It has ended, its time is up, or the three tries are used."""

    code = "identity.voice_check_over"
    title = "这次语音核验已结束，请重新开始"


class VoiceprintNeedsTier(Forbidden):
    """Who enrols a voice must be known for sure: tier 2."""

    code = "identity.voiceprint_needs_tier"
    title = "登记声纹前请先完成中级实名认证"


class NoVoiceprint(Conflict):
    """No voice is enrolled."""

    code = "identity.no_voiceprint"
    title = "您还没有登记声纹"


class SpeechUnreachable(ServiceUnavailable):
    """The speech service does not answer: another means must do."""

    code = "identity.speech_unreachable"
    title = "语音核验暂时无法使用，请换一种方式"
