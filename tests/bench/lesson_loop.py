"""The yardstick for the cost of a chunk: the loop of the lesson, which prints and keeps what arrives, and draws nothing."""

import asyncio
import sys

from openai import AsyncOpenAI


async def main(base_url: str, model: str) -> None:
    """Stream one answer to standard output."""
    client = AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)
    stream = await client.chat.completions.create(model=model, messages=[{"role": "user", "content": "go"}], stream=True)
    answer = ""
    async for chunk in stream:
        if chunk.choices and (text := chunk.choices[0].delta.content):
            print(text, end="", flush=True)
            answer += text


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
