"""Writing in the background keeps nothing for ever."""

from app.workspace.jobs import Job, Jobs


def test_what_ended_long_ago_is_let_go() -> None:
    jobs = Jobs()
    for number in range(130):
        job = Job("draft", lambda _: None)
        jobs.start(f"d{number}", job, lambda *_: None, lambda _: None)
        assert job.thread is not None
        job.thread.join()
    kept = [number for number in range(130) if jobs.last(f"d{number}")]
    assert kept == list(range(29, 130))
