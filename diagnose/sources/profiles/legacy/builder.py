"""A pprof envelope put together piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from diagnose.sources.profiles.legacy.memorymap import Region, owner

CPU_DROP = "ProfileData::Add|ProfileData::prof_handler|CpuProfiler::prof_handler|__pthread_sighandler|__restore"
LOCK_DROP = (
    r"(base::)?RecordLockProfileData.*|(base::)?Submit(Mutex|SpinLock)ProfileData.*|"
    r"((base::)?Mutex::)?(AwaitCommon|Unlock|UnlockSlow|ReaderUnlock).*|((base::)?MutexLock::)?~MutexLock.*|"
    r"(SpinLock::)?(Unlock|SlowUnlock).*|(SpinLockHolder::)?~SpinLockHolder.*"
)
HEAP_DROP = (
    r"(c|m|v|pv|re)alloc|c?free|(do_)?memalign|(__)?posix_memalign|tcmalloc::.*|"
    r"tc_(c|m|v|pv|re)alloc|tc_c?free|tc_(posix_)?memalign|tc_(new|delete)(array)?|tc_new(array)?_nothrow|"
    r"malloc_zone_(malloc|calloc|valloc|realloc|memalign|free)|runtime\..*|BaseArena::.*|"
    r"(::)?do_malloc(_no_errno|_pages)?|DoSampledAllocation|MallocedMemBlock::MallocedMemBlock|_M_allocate|"
    r"__builtin_(vec_)?(delete|new)|__gnu_cxx::new_allocator::allocate|__libc_malloc|"
    r"__malloc_alloc_template::allocate|allocate|cpp_alloc|operator new(\[\])?|simple_alloc::allocate"
)
HEAP_KEEP = r"runtime\.(panic|reflectcall|call[0-9]*)"


@dataclass(slots=True)
class Builder:
    """What a legacy profile says, in the words of pprof; `types` are (type, unit), addresses lead to symbols."""

    types: Sequence[tuple[str, str]]
    period: int = 0
    duration_ns: int = 0
    drop: str = ""
    keep: str = ""
    samples: list[tuple[list[int], list[int]]] = field(default_factory=list)
    symbols: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    regions: list[Region] = field(default_factory=list)
    _strings: dict[str, int] = field(default_factory=lambda: {"": 0})

    def add(self, addresses: Iterable[int], values: Sequence[int]) -> None:
        """One sample, leaf first."""
        self.samples.append((list(addresses), list(values)))

    def build(self) -> Any:
        """The envelope, ready to be read like any other."""
        from diagnose.sources.profiles.pprof_pb2 import Envelope, Sample, ValueType

        envelope = Envelope(period=self.period, duration_nanos=self.duration_ns)
        envelope.drop_frames, envelope.keep_frames = self._text(self.drop), self._text(self.keep)
        for kind, unit in self.types:
            envelope.sample_type.append(ValueType(type=self._text(kind), unit=self._text(unit)))
        ids = self._locations(envelope)
        for addresses, values in self.samples:
            sample = Sample(location_id=[ids[address] for address in addresses], value=values)
            envelope.sample.append(sample.SerializeToString())
        envelope.string_table.extend(text.encode() for text in self._strings)
        return envelope

    def _text(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))

    def _locations(self, envelope: Any) -> dict[int, int]:
        """Ids by address, with the functions and mappings that they need written to the envelope."""
        from diagnose.sources.profiles.pprof_pb2 import Line, Location, Mapping

        ids: dict[int, int] = {}
        functions: dict[str, int] = {}
        maps: dict[Region, int] = {}
        for address in (address for addresses, _ in self.samples for address in addresses):
            if address in ids:
                continue
            ids[address] = len(ids) + 1
            location = Location(id=ids[address], address=address & 0xFFFF_FFFF_FFFF_FFFF)
            region = owner(self.regions, address)
            if region is not None:
                if region not in maps:
                    maps[region] = len(maps) + 1
                    mapping = Mapping(id=maps[region], filename=self._text(region.file))
                    envelope.mapping.append(mapping.SerializeToString())
                location.mapping_id = maps[region]
            if address in self.symbols:
                name, file, line = self.symbols[address]
                location.line.append(Line(function_id=self._function(envelope, functions, name, file), line=line))
            envelope.location.append(location.SerializeToString())
        return ids

    def _function(self, envelope: Any, functions: dict[str, int], name: str, file: str) -> int:
        from diagnose.sources.profiles.pprof_pb2 import Function

        if name not in functions:
            functions[name] = len(functions) + 1
            function = Function(id=functions[name], name=self._text(name), filename=self._text(file))
            envelope.function.append(function.SerializeToString())
        return functions[name]
