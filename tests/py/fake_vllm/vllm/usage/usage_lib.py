class UsageContext:
    LLM_CLASS = "llm"
