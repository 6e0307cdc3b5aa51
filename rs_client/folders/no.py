"""What is answered when something of a folder is not done."""

import errno

from rs_server.protocol.folders import FolderReason


class No(Exception):
    """`str` says in English what the machine said, if anything."""

    def __init__(self, reason: FolderReason, words: str = "") -> None:
        super().__init__(words)
        self.reason = reason


_REASONS: dict[int, FolderReason] = {
    errno.ENOENT: "not_found",
    errno.ENOTDIR: "not_found",
    errno.EISDIR: "not_found",
    errno.EEXIST: "exists",
    errno.ENOTEMPTY: "not_empty",
    errno.ELOOP: "link",
    errno.EXDEV: "outside",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.EBUSY: "denied",
    errno.ENXIO: "denied",
    errno.ETXTBSY: "denied",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "too_large",
    errno.ENAMETOOLONG: "bad_name",
    errno.EINVAL: "bad_name",
    errno.EILSEQ: "bad_name",
}


def no(error: OSError) -> No:
    words = error.strerror or type(error).__name__
    return No(_REASONS.get(error.errno or 0, "failed"), words)
