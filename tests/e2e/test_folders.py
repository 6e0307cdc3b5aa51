"""An agent in the console, and the folder that the customer chose in the client on their computer: real files."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support import xserver as xs
from tests.support.browsers import People, sign_in
from tests.support.client import Api
from tests.support.client_program import Native
from tests.support.demo import Demo
from tests.support.desk import server_in, started


@dataclass
class Scene:
    agent: Page
    customer: Page
    client: Native
    documents: Path

    @property
    def grid(self) -> Locator:
        return self.agent.get_by_role("grid", name="Contents of the folder")

    def row(self, name: str) -> Locator:
        return self.grid.get_by_role("row").filter(has=self.agent.get_by_text(name, exact=True))

    async def to_row(self, name: str) -> None:
        """By typing its name, as it is done without a mouse."""
        await self.row(name).wait_for()
        await self.grid.focus()
        await self.agent.keyboard.type(name)
        await expect(self.row(name)).to_have_attribute("data-active", "true")

    async def upload(self, *files: Path) -> None:
        async with self.agent.expect_file_chooser() as chooser:
            await self.grid.focus()
            await self.agent.keyboard.press("Control+u")
        await (await chooser.value).set_files(files)


def fill(documents: Path) -> None:
    documents.mkdir()
    (documents / "Old").mkdir()
    (documents / "report.txt").write_text("as it was")
    (documents / "picture.bin").write_bytes(bytes(range(256)) * 20_000)
    (documents / "elsewhere").symlink_to("/etc")


async def agree(client: Native, question: str, folder: Path) -> None:
    at = await client.said(question)
    at = await client.said("y yes", at)
    client.type("y")
    at = await client.said("A folder", at)
    client.type(str(folder))
    await client.said("Chosen:", at)
    client.type("")


@contextlib.asynccontextmanager
async def joined(company: Demo, crowd: People, folder: Path) -> AsyncIterator[tuple[Page, Page, Native]]:
    """The agent asks for the folders, and the customer starts what their window offers."""
    with xs.running(folder) as xserver:
        api = Api(company.base)
        await api.login("sofia", company.password("sofia"))
        agent = await crowd.person(accept_downloads=True)
        await sign_in(agent, company, "sofia")
        session = (await api.call("POST", "/sessions", {"queue": "billing"}))["session"]
        made = await api.call("POST", f"/sessions/{session}/invites", {"way": "link"})
        await api.close()
        customer = await crowd.person()
        await customer.goto(made["url"])
        await customer.get_by_label("Your name").fill("Jeanne Petit")
        await customer.get_by_role("button", name="Join").click()
        await customer.get_by_role("button", name="Microphone").wait_for()
        await agent.get_by_text("Jeanne Petit").first.click()
        await agent.get_by_role("toolbar", name="Tools", exact=True).get_by_role("button", name="Folders").click()
        await agent.get_by_role("button", name="Browse, download and change").click()
        command = await customer.locator("input.code").input_value()
        number = await customer.locator("output.number").inner_text()
        async with started(folder, xserver, server_in(command), number) as client:
            yield agent, customer, client


@pytest.fixture
async def scene(company: Demo, crowd: People, tmp_path: Path) -> AsyncIterator[Scene]:
    absent = xs.missing()
    if absent is not None:
        pytest.skip(absent)
    documents = tmp_path / "Documents"
    fill(documents)
    folder = tmp_path / "x"
    folder.mkdir()
    async with joined(company, crowd, folder) as (agent, customer, client):
        await agree(client, "look into your folders?", documents)
        await agree(client, "change your folders?", documents)
        scene = Scene(agent, customer, client, documents)
        await scene.row("Documents").wait_for()
        await scene.to_row("Documents")
        await agent.keyboard.press("Enter")
        await scene.row("report.txt").wait_for()
        yield scene


async def test_a_file_is_fetched_others_are_put_there_and_the_customer_is_asked_about_a_delete(
    scene: Scene, tmp_path: Path
) -> None:
    agent = scene.agent
    await scene.to_row("picture.bin")
    async with agent.expect_download() as loading:
        await agent.keyboard.press("Enter")
    download = await loading.value
    assert download.suggested_filename == "picture.bin"
    assert Path(await download.path()).read_bytes() == (scene.documents / "picture.bin").read_bytes()
    await scene.client.said("picture.bin")

    (tmp_path / "report.txt").write_text("as it is now")
    (tmp_path / "fresh.txt").write_text("fresh")
    await scene.upload(tmp_path / "report.txt", tmp_path / "fresh.txt")
    dialog = agent.get_by_role("dialog", name="The name is taken")
    await dialog.get_by_role("button", name="Keep both").click()
    await agent.get_by_text("All files are done").first.wait_for()
    await expect(scene.row("fresh.txt")).to_be_visible()
    kept = next(each for each in scene.documents.iterdir() if each.stem.startswith("report") and "(" in each.name)
    assert (kept.read_text(), (scene.documents / "report.txt").read_text()) == ("as it is now", "as it was")
    await expect(scene.row(kept.name)).to_be_visible()

    await scene.to_row("fresh.txt")
    await agent.keyboard.press("F2")
    await agent.keyboard.type("old news")
    await agent.keyboard.press("Enter")
    await expect(scene.row("old news.txt")).to_have_attribute("data-active", "true")
    await expect(scene.grid).to_be_focused()
    assert (scene.documents / "old news.txt").read_text() == "fresh"

    said = len(scene.client.text)
    await agent.keyboard.press("Delete")
    await agent.get_by_role("dialog", name="Delete").get_by_role("button", name="Delete").click()
    await expect(agent.get_by_text("is asked whether old news.txt may be deleted")).to_be_visible()
    assert (scene.documents / "old news.txt").exists()
    await scene.client.said("y yes", said)
    scene.client.type("y")
    await expect(scene.row("old news.txt")).to_have_count(0)
    assert not (scene.documents / "old news.txt").exists()
    # What travelled for the folders was shared with nobody.
    await expect(agent.get_by_role("tab", name="Files", exact=True)).to_have_text("Files")


async def test_a_folder_is_made_and_links_are_not_followed_until_the_customer_stops(scene: Scene) -> None:
    agent = scene.agent
    await agent.get_by_role("button", name="New folder").click()
    await agent.get_by_role("textbox", name="Name", exact=True).fill("a/b")
    await expect(agent.get_by_text("A name cannot have")).to_be_visible()
    await agent.get_by_role("textbox", name="Name", exact=True).fill("Letters")
    await agent.keyboard.press("Enter")
    await expect(scene.row("Letters")).to_be_visible()
    assert (scene.documents / "Letters").is_dir()
    await scene.to_row("Letters")
    await agent.keyboard.press("Enter")
    await expect(agent.get_by_text("This folder is empty.")).to_be_visible()
    await agent.keyboard.press("Backspace")
    await expect(scene.row("Letters")).to_have_attribute("data-active", "true")

    await scene.to_row("elsewhere")
    await agent.keyboard.press("Enter")
    await agent.keyboard.press("Shift+F10")
    await expect(agent.get_by_role("menuitem", name="Open")).to_be_disabled()
    await agent.keyboard.press("Escape")
    await expect(scene.grid).to_be_focused()
    await expect(agent.get_by_role("navigation", name="Where you are")).not_to_contain_text("elsewhere")

    customer = scene.customer
    await expect(customer.get_by_text("can change things in the folders that you chose")).to_be_visible()
    await customer.get_by_role("button", name="Stop", exact=True).first.click()
    await expect(scene.grid).to_have_count(0)
    await expect(agent.get_by_role("tab", name="Folders")).to_be_disabled()
